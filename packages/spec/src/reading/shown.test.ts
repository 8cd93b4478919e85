import { describe, expect, it } from "vitest";
import { SHOWN_CHARACTERS, shownNames, shownText, shownValue } from "./shown.js";

describe("shownText", () => {
  it.each([
    ["plain, 日本語, é, 👍", "plain, 日本語, é, 👍"],
    ["a\nb\tc\rd", "a\\nb\\tc\\rd"],
    ["\u001b[31mred\u0007", "\\u001b[31mred\\u0007"],
    ["\u009b31m", "\\u009b31m"],
    ["abc\u202edef\u2066\u200b\ufeff", "abc\\u202edef\\u2066\\u200b\\ufeff"],
    ["\ud800", "\\ud800"],
    ["\u2028", "\\u2028"],
  ])("escapes what cannot be printed: %j", (given, shown) => {
    expect(shownText(given)).toBe(shown);
  });

  it("repeats the beginning of a long text, with its length", () => {
    expect(shownText("x".repeat(SHOWN_CHARACTERS))).toHaveLength(SHOWN_CHARACTERS);
    expect(shownText("x".repeat(70_000))).toBe(`${"x".repeat(SHOWN_CHARACTERS)}... (70000 characters)`);
  });
});

describe("shownNames", () => {
  it.each<readonly [readonly string[], string]>([
    [[], "none"],
    [["a"], "a"],
    [["a", "b\u0007"], "a, b\\u0007"],
    [["x".repeat(300), "b"], `${"x".repeat(200)}... (300 characters), ... (2 in all)`],
    [["a", "x".repeat(300), "b"], "a, ... (3 in all)"],
  ])("%j is shown as %s", (names, shown) => {
    expect(shownNames(names)).toBe(shown);
  });

  it("is short for many names", () => {
    const names = Array.from({ length: 20_000 }, (_, index) => `net.${index}`);
    expect(shownNames(names)).toMatch(/^net\.0, net\.1, .{100,200}, \.\.\. \(20000 in all\)$/);
  });
});

describe("shownValue", () => {
  it.each<readonly [unknown, string]>([
    [undefined, "nothing"],
    [null, "null"],
    [1.5, "1.5"],
    [Number.NaN, "NaN"],
    [true, "true"],
    ["a\nb", '"a\\nb"'],
    [[1, "a"], '[1,"a"]'],
    [{ a: { b: [] } }, '{"a":{"b":[]}}'],
    [[[[[[1]]]]], "[[[[[...]]]]]"],
    [Array.from({ length: 12 }, (_, index) => index), "[0,1,2,3,4,5,6,7,8,9,...]"],
  ])("%j is shown as %s", (value, shown) => {
    expect(shownValue(value)).toBe(shown);
  });

  it("is short for anything, and ends for any depth", () => {
    let deep: unknown = [];
    for (let level = 0; level < 100_000; level += 1) deep = [deep];
    expect(shownValue(deep)).toBe("[[[[[...]]]]]");
    expect(shownValue("y".repeat(1e7)).length).toBeLessThan(250);
    expect(shownValue(Array.from({ length: 1e5 }, () => "z".repeat(1000))).length).toBeLessThan(250);
  });
});
