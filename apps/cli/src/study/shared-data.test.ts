import { rename } from "node:fs/promises";
import { parseArchitecture } from "@nin/spec";
import { smallNinJson } from "@nin/test-support";
import { expect, it } from "vitest";
import { useSmallInputs } from "../testing/small-inputs.js";
import { SharedData } from "./shared-data.js";

const inputs = useSmallInputs();
const architecture = parseArchitecture(smallNinJson);
const terminal = {
  ...{ print: () => {}, note: () => {}, isInteractive: false, signal: new AbortController().signal },
  stoppable: <Result>(work: () => Promise<Result>) => work(),
};

it("a data set is loaded once, also by runs at the same time, and another where the limit differs", async () => {
  const shared = new SharedData(terminal);
  const load = (limit: number | null = null) =>
    shared.use({ source: inputs.data, limit, architecture }, async (data) => data);
  const [one, two] = await Promise.all([load(), load()]);
  expect(two).toBe(one);
  expect(await load()).toBe(one);
  expect((await load(10)).train.count).toBe(10);
});

it("what nobody uses is given up where memory is short, the longest unused first, and never what is in use", async () => {
  const { height, width } = architecture.input;
  const bytes = 90 * height * width;
  const shared = new SharedData(terminal, 2.5 * bytes);
  const load = (limit: number, use: () => Promise<void> = async () => {}) =>
    shared.use({ source: inputs.data, limit, architecture }, async (data) => {
      await use();
      return data;
    });
  const [first, second] = [await load(60), await load(59)];
  expect([await load(60), await load(59)]).toEqual([first, second]);
  const whileUsed = async (): Promise<void> => {
    await load(58);
    // The first was used last, by this.
    expect(await load(59)).not.toBe(second);
  };
  expect(await load(60, whileUsed)).toBe(first);
});

it("a data set that is not there is reported to each run, and looked for once", async () => {
  const shared = new SharedData(terminal);
  const source = inputs.file("late");
  const load = () => shared.use({ source, limit: null, architecture }, async (data) => data);
  await expect(load()).rejects.toMatchObject({ code: "NIN_DATA_MISSING" });
  await rename(inputs.data, source);
  await expect(load()).rejects.toMatchObject({ code: "NIN_DATA_MISSING" });
  await rename(source, inputs.data);
});
