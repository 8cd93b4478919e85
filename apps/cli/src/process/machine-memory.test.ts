import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtinArchitecture, namedParameters } from "@nin/spec";
import { newFolder } from "@nin/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { expectRefused } from "../testing/refusal.js";
import { MemoryError, machineMemoryBytes, requireMemory } from "./machine-memory.js";

const small = builtinArchitecture("nin-mnist");
const parameterBytes = namedParameters(small).reduce(
  (sum, { shape }) => sum + 4 * shape.reduce((product, extent) => product * extent, 1),
  0,
);
/** 3.8 TB: 600 layers of 1.6 billion weights each. */
const HUGE = {
  format: "nin-architecture",
  version: 1,
  name: "huge",
  input: { channels: 1, height: 1, width: 1 },
  layers: [
    ...Array.from({ length: 600 }, () => ({ kind: "conv2d", outChannels: 40_000, kernelSize: 1 })),
    { kind: "conv2d", outChannels: 10, kernelSize: 1 },
    { kind: "flatten" },
  ],
};

let folder = "";
let huge = "";
beforeAll(async () => {
  folder = await newFolder();
  huge = join(folder, "huge.json");
  await writeFile(huge, JSON.stringify(HUGE));
});
afterAll(() => rm(folder, { recursive: true }));

describe("memory", () => {
  it("is enough for the parameters, so many times, up to the machine's", () => {
    expect(() => requireMemory(small, {}, parameterBytes - 1)).toThrow(MemoryError);
    expect(() => requireMemory(small, {}, parameterBytes + 10_000)).not.toThrow();
    expect(() => requireMemory(small, { copies: 3 }, 3 * parameterBytes - 1)).toThrow(
      "the parameters of nin-mnist need at least",
    );
  });

  it("is enough for a batch's scores", () => {
    const machineBytes = parameterBytes + 1e6;
    expect(() => requireMemory(small, { batch: 20_000 }, machineBytes)).not.toThrow();
    expect(() => requireMemory(small, { batch: 25_000 }, machineBytes)).toThrow(
      "the parameters of nin-mnist and a batch of 25000 need",
    );
  });

  it("is what the machine has", () => {
    expect(machineMemoryBytes()).toBeGreaterThan(2 ** 28);
    expect(machineMemoryBytes()).toBeLessThan(2 ** 50);
  });
});

describe("a network of 10^12 parameters", () => {
  it("is summed up", async () => {
    const { status, stdout } = await runHere(["summary", huge], folder);
    expect([status, stdout]).toEqual([
      0,
      expect.stringMatching(/^parameters +958,424,\d{3},\d{3} \(3\.83 TB in f32\)$/m),
    ]);
  });

  it.each([
    ["init", "--output", "w"],
    ["train", "--data", "synthetic", "--out", "run"],
    ["summary", "--backend", "reference"],
    ["bench", "--model"],
  ])("is refused by %s in one line", async (command, ...flags) => {
    const args = command === "bench" ? [command, ...flags, huge] : [command, huge, ...flags];
    await expectRefused(args, "the parameters of huge need at least");
  });
});
