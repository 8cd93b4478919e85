import { rm } from "node:fs/promises";
import { present } from "@nin/spec";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fuzzInProcess } from "./in-process.js";
import { faultOf, faultOfMessage } from "./judge.js";
import { mutateBytes, mutateJson, Random } from "./mutate.js";
import { makeSamples, type Samples } from "./samples.js";
import { targets } from "./targets.js";

let samples: Samples;
beforeAll(async () => {
  samples = await makeSamples();
});
afterAll(() => rm(samples.folder, { recursive: true, force: true }));

/** Targets for which one of the two never happens, or hardly ever. */
const ONE_SIDED: Readonly<Record<string, "accepted" | "refused">> = {
  // A damaged cache is made anew.
  "cache of decoded images": "accepted",
  // The checksum of its header no longer suits it.
  "picture, its header": "refused",
};

/** For a target whose inputs of the first round were all accepted, or all refused. */
const MORE_INPUTS = 300;

it("every changed file is read or refused in one line", async () => {
  const result = await fuzzInProcess(samples, { seed: 1, inputs: 1000 });
  expect(result.faults).toEqual([]);
  for (const [name, { accepted, refused }] of Object.entries(result.targets)) {
    // One that takes everything, or nothing, tests nothing.
    const lacking = [
      ...(accepted === 0 && ONE_SIDED[name] !== "refused" ? ["accepted" as const] : []),
      ...(refused === 0 && ONE_SIDED[name] !== "accepted" ? ["refused" as const] : []),
    ];
    if (lacking.length === 0) continue;
    const more = await fuzzInProcess(samples, { seed: 2, inputs: MORE_INPUTS, only: name });
    expect(more.faults).toEqual([]);
    const counts = present(more.targets[name], name);
    for (const kind of lacking) expect(counts[kind], `${name}, ${kind}`).toBeGreaterThan(0);
  }
  expect(Object.keys(result.targets)).toHaveLength(targets.length);
});

describe("the judge", () => {
  it("takes errors of ours with one short, printable line", () => {
    const refused = (message: string) => faultOf(Object.assign(new Error(message), { code: "NIN_DATA" }));
    expect(refused("a: expected b, found c")).toBeUndefined();
    expect(refused("a\nb")).toContain("a message with U+000a");
    expect(refused("a".repeat(2001))).toContain("a message of 2001 characters");
    expect(faultOfMessage("\u202e")).toContain("U+202e");
  });

  it.each([new TypeError("x is undefined"), Object.assign(new Error("x"), { code: "ENOENT" }), "text"])(
    "refuses %s",
    (thrown) => {
      expect(faultOf(thrown)).toBeDefined();
    },
  );
});

it("an input is made again from its seed, target and number", () => {
  const text = (seed: number, input: number) =>
    mutateJson({ a: [1, { b: "c" }], d: 2 }, new Random(seed, 3, input));
  const texts = Array.from({ length: 50 }, (_, input) => text(1, input));
  expect(texts).toEqual(Array.from({ length: 50 }, (_, input) => text(1, input)));
  expect(new Set(texts).size).toBeGreaterThan(40);
  expect(text(2, 7)).not.toBe(text(1, 7));
  const bytes = Buffer.from("0123456789");
  expect(mutateBytes(bytes, new Random(1, 0, 5))).toEqual(mutateBytes(bytes, new Random(1, 0, 5)));
  expect(bytes.toString()).toBe("0123456789");
});
