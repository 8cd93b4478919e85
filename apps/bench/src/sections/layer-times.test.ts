import { builtinArchitecture, classCount, parseArchitecture, summarize } from "@nin/spec";
import { expect, it } from "vitest";
import { fakeImplementations } from "../testing/fake-targets.js";
import { sampleCase, sampleEntry } from "../testing/sample-result.js";
import { chooseForLayers } from "./layer-times.js";
import { prefixesOf } from "./prefixes.js";

const implementations = fakeImplementations("slow", "fast", "card", "failed", "baseline").map(
  (implementation) => ({
    ...implementation,
    kind: implementation.id === "baseline" ? ("baseline" as const) : ("backend" as const),
    hardware: implementation.id === "card" ? "gpu" : "cpu",
  }),
);
const cases = [
  sampleCase([
    sampleEntry("slow", [1, 1]),
    sampleEntry("fast", [9, 9]),
    sampleEntry("card", [3, 3]),
    { implementation: "failed", status: "failed", versions: {}, flags: [], losses: [] },
    sampleEntry("baseline", [99, 99]),
  ]),
];

it.each([
  ["nin-mnist", true, ["fast", "card"]],
  ["nin-mnist", false, ["slow", "fast", "card"]],
  ["nin", true, ["slow", "fast", "card", "failed"]],
])("of %s, only the fastest: %s", (model, onlyFastest, expected) => {
  expect(chooseForLayers(implementations, cases, model, onlyFastest).map(({ id }) => id)).toEqual(expected);
});

it("cuts nin after each block and pool; the last prefix is the network", () => {
  const nin = builtinArchitecture("nin");
  const prefixes = prefixesOf(nin, 4);
  expect(prefixes.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    "net.0 ninBlock",
    "net.1 maxPool2d",
    "net.2 ninBlock",
    "net.3 maxPool2d",
    "net.4 ninBlock",
    "net.5 maxPool2d",
    "net.7 ninBlock",
  ]);
  expect(prefixes.at(-1)?.architecture).toBe(nin);
  expect(prefixes.map(({ architecture }) => classCount(architecture))).toEqual([
    96, 96, 256, 256, 384, 384, 10,
  ]);
  for (const { architecture } of prefixes) expect(() => parseArchitecture(architecture)).not.toThrow();
});

it("shares the network's work out", () => {
  const nin = builtinArchitecture("nin");
  const flops = prefixesOf(nin, 4).reduce((sum, prefix) => sum + prefix.flops, 0);
  expect(flops).toBe(4 * 2 * summarize(nin).trainingMacs);
});

it("keeps a linear head as a layer of its own", () => {
  const prefixes = prefixesOf(builtinArchitecture("nin?head=linear"), 1);
  expect(prefixes.at(-1)?.kind).toBe("linear");
});
