import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { readSafetensors, writeSafetensors } from "@nin/safetensors/node";
import { at, initialParameters, parseArchitecture, parseRecipe } from "@nin/spec";
import { inNewFolder, smallNinJson } from "@nin/test-support";
import { expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { expectRefusal } from "../testing/refusal.js";
import { readTensors } from "../testing/safetensors.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();
const REFERENCE = ["--backend", "reference", "--eval-limit", "0"];
const FLAGS = ["--batch-size", "8", ...REFERENCE];

/** Trains two steps into `first`, whose weights the others start from. */
async function trainFirst(cwd: string): Promise<string> {
  const args = ["train", inputs.model, "--data", inputs.data, "--max-steps", "2", ...FLAGS, "--out", "first"];
  expect((await runHere(args, cwd)).status).toBe(0);
  return "first/checkpoints/2/weights.safetensors";
}

async function configOf(cwd: string, run: string) {
  return JSON.parse(await readFile(join(cwd, run, "config.json"), "utf8"));
}

it("a training starts from weights, with the preprocessing of their own training", () =>
  inNewFolder(async (cwd) => {
    const weights = await trainFirst(cwd);
    const args = ["train", inputs.model, "--data", inputs.data, "--weights", weights, "--out", "second"];
    const { status, stderr } = await runHere([...args, "--recipe", "d2l", "--max-steps", "1", ...FLAGS], cwd);
    expect(status).toBe(0);
    expect(stderr).toContain(`${weights}: images are normalized as for its own training: mean 0.`);
    const start = await readTensors(join(cwd, "second/checkpoints/0/weights.safetensors"));
    expect(start).toEqual(await readTensors(join(cwd, weights)));
    const [first, second] = [await configOf(cwd, "first"), await configOf(cwd, "second")];
    expect(second.recipe.preprocessing).toEqual(first.recipe.preprocessing);
    expect(second.startedFrom).toBe(join(cwd, weights));
    expect(await readTensors(join(cwd, "second/checkpoints/1/weights.safetensors"))).not.toEqual(start);
  }));

it("a head with another number of classes is initialized anew, by the recipe", () =>
  inNewFolder(async (cwd) => {
    const weights = await trainFirst(cwd);
    const trained = await readSafetensors(join(cwd, weights));
    // The first training had twelve classes, as far as its last layer shows.
    const architecture = parseArchitecture(smallNinJson);
    const head = [...(await readTensors(join(cwd, weights)))].filter(([name]) => name.startsWith("net.3."));
    const wider = new Map(await readTensors(join(cwd, weights)));
    for (const [name, { shape, data }] of head) {
      const wide = shape.map((extent) => (extent === 10 ? 12 : extent));
      const length = wide.reduce((product, extent) => product * extent, 1);
      wider.set(name, {
        shape: wide,
        data: Float32Array.from({ length }, (_, i) => at(data, i % data.length)),
      });
    }
    const metadata = new Map(trained.metadata);
    for (const key of ["nin.classes", "nin.architecture"]) metadata.delete(key);
    await writeSafetensors(join(cwd, "twelve.safetensors"), wider, metadata);
    const args = ["train", inputs.model, "--data", inputs.data, "--weights", "twelve.safetensors"];
    const { status, stderr } = await runHere([...args, "--max-steps", "1", ...FLAGS, "--out", "tuned"], cwd);
    expect(status).toBe(0);
    const names = head.map(([name]) => name);
    expect(stderr).toContain(
      `another number of classes: initialized anew by the recipe are ${names.join(", ")}`,
    );
    const start = await readTensors(join(cwd, "tuned/checkpoints/0/weights.safetensors"));
    const { recipe } = await configOf(cwd, "tuned");
    const initial = initialParameters(architecture, parseRecipe(recipe).init, recipe.seed);
    for (const [name, { data }] of start) {
      const expected = names.includes(name) ? initial.get(name) : wider.get(name);
      expect([...data], name).toEqual([...(expected?.data ?? [])]);
    }
  }));

it("a run that is resumed before its first step goes on from the weights, and without them is refused", () =>
  inNewFolder(async (cwd) => {
    const weights = await trainFirst(cwd);
    const args = ["train", inputs.model, "--data", inputs.data, "--weights", weights, ...FLAGS];
    expect((await runHere([...args, "--max-steps", "3", "--out", "whole"], cwd)).status).toBe(0);
    expect(
      (await runHere([...args, "--max-steps", "3", "--checkpoint-every", "1", "--out", "cut"], cwd)).status,
    ).toBe(0);
    // As a process leaves it that is killed after the first checkpoint; the file is not needed any more.
    const zero = await readFile(join(cwd, "whole/checkpoints/0/state.json"), "utf8");
    expect(JSON.parse(zero)).toMatchObject({ step: 0, epoch: 0, position: 0 });
    await rm(join(cwd, "whole/checkpoints/3"), { recursive: true });
    await rm(join(cwd, weights));
    const resumed = await runHere(["train", "--resume", "whole", "--max-steps", "3"], cwd);
    expect(resumed.status).toBe(0);
    const last = (run: string) => readFile(join(cwd, run, "checkpoints/3/weights.safetensors"));
    expect((await last("whole")).equals(await last("cut"))).toBe(true);
    await rm(join(cwd, "whole/checkpoints"), { recursive: true });
    expectRefusal(
      await runHere(["train", "--resume", "whole", "--max-steps", "3"], cwd),
      "from which it starts: begin it anew, with --weights",
    );
  }));
