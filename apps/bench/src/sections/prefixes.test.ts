import { builtinArchitecture, classCount, parseArchitecture, summarize } from "@nin/spec";
import { expect, it } from "vitest";
import { prefixesOf } from "./prefixes";

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
