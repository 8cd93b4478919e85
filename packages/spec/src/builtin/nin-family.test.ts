import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { namedParameters } from "../architecture/shapes.js";
import { summarize } from "../architecture/summary.js";
import { builtinArchitecture } from "./index.js";
import { FAMILY } from "./nin-family.js";

/** Parameters of a block: a convolution and two 1x1. */
const block = (inputs: number, widths: readonly [number, number, number], window = 9): number => {
  const [first, second, third] = widths;
  return window * inputs * first + first + first * second + second + second * third + third;
};

/** The members' parameters by formula. */
function parametersOf(width: number, [first, second, third]: readonly number[], stem: boolean): number {
  const [small, middle, large] = [width, 2 * width, 4 * width];
  const equal = (inputs: number, channels: number): number => block(inputs, [channels, channels, channels]);
  const times = (count: number, channels: number): number => count * equal(channels, channels);
  return (
    (stem ? block(1, [small, small, small], 121) : 0) +
    equal(stem ? small : 1, small) +
    times(Number(first) - 1, small) +
    equal(small, middle) +
    times(Number(second) - 1, middle) +
    // The last block of the last stage ends in ten classes.
    (third === 1 ? 0 : equal(middle, large) + times(Number(third) - 2, large)) +
    block(third === 1 ? middle : large, [large, large, 10])
  );
}

describe.each(FAMILY)("$name", ({ name, width, depths }) => {
  const outputsOf = (reference: string): string[] =>
    summarize(builtinArchitecture(reference)).layers.map(({ outputShape }) => outputShape.slice(1).join("x"));

  test.each([
    ["28x28", name, false],
    ["224x224", `${name}?size=224`, true],
  ])("has the parameters of the formula at %s", (_size, reference, stem) => {
    expect(summarize(builtinArchitecture(reference)).parameters).toBe(parametersOf(width, depths, stem));
  });

  test("has three stages of 28x28, 14x14 and 7x7, and one score a class", () => {
    const sides = [28, 14, 7];
    const stages = depths.flatMap((depth, stage) => {
      const map = `${width * 2 ** stage}x${sides[stage]}x${sides[stage]}`;
      const pooled = stage === 0 ? [] : [`${width * 2 ** (stage - 1)}x${sides[stage]}x${sides[stage]}`];
      return [...pooled, ...new Array<string>(depth).fill(map)];
    });
    const before = stages.at(-2);
    expect(outputsOf(name)).toEqual([...stages.slice(0, -1), before, "10x7x7", "10x1x1", "10"]);
  });

  test("is the same behind the stem of 224x224", () => {
    const large = outputsOf(`${name}?size=224`);
    expect(large.slice(0, 2)).toEqual([`${width}x56x56`, `${width}x28x28`]);
    expect(large.slice(2)).toEqual(outputsOf(name));
    expect(outputsOf(`${name}?size=64`)).toHaveLength(outputsOf(name).length);
    expect(outputsOf(`${name}?size=65`)).toHaveLength(large.length);
  });
});

test("grows from under 50,000 to over 5 million parameters, in depth and in multiply-accumulates", () => {
  const weighted = (name: string): number => namedParameters(builtinArchitecture(name)).length / 2;
  const rows = FAMILY.map(({ name }) => {
    const { parameters, macs } = summarize(builtinArchitecture(name));
    return [name, weighted(name), parameters, macs];
  });
  expect(rows).toEqual([
    ["nin-xs", 9, 30_762, 2_954_112],
    ["nin-s", 12, 170_074, 11_505_984],
    ["nin-m", 15, 778_186, 65_460_864],
    ["nin-l", 21, 2_148_554, 186_830_336],
    ["nin-xl", 24, 5_235_562, 499_414_272],
  ]);
});

test("the command line's page has every member's numbers", () => {
  const page = readFileSync(new URL("../../../../docs/command-line.md", import.meta.url), "utf8");
  const rows = page.split("\n").map((line) => line.replaceAll(/\s*\|\s*/g, "|"));
  const number = (value: number): string => value.toLocaleString("en-US");
  for (const { name, width, depths } of FAMILY) {
    const small = builtinArchitecture(name);
    const [at28, at224] = [summarize(small), summarize(builtinArchitecture(`${name}?size=224`))];
    const counts = [at28.parameters, at28.macs, at224.parameters, at224.macs].map(number);
    const shape = [[width, 2 * width, 4 * width].join(", "), depths.join(", ")];
    const weighted = namedParameters(small).length / 2;
    expect(rows).toContain(`|\`${name}\`|${[...shape, weighted, ...counts].join("|")}|`);
  }
});
