import { rm } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { fuzzCommands } from "./commands.js";
import { makeSamples, type Samples } from "./samples.js";

let samples: Samples;
beforeAll(async () => {
  samples = await makeSamples();
});
afterAll(() => rm(samples.folder, { recursive: true, force: true }));

it("every changed command ends by itself, with a status that says how and without a stack trace", async () => {
  const result = await fuzzCommands(samples, { seed: 1, runs: 16 });
  expect(result.faults).toEqual([]);
  expect(result.statuses["2"]).toBeGreaterThan(0);
});
