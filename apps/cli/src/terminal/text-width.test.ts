import { expect, it } from "vitest";
import { painter } from "./colours.js";
import { displayWidth, wrapped } from "./text-width.js";

it.each([
  ["plain", 5],
  ["", 0],
  ["é", 1],
  ["e\u0301", 1],
  ["日本語", 6],
  ["한국", 4],
  ["ﾊﾝｶｸ", 4],
  ["👍", 2],
  ["👍🏽", 2],
  ["👨‍👩‍👧", 2],
  ["❤️", 2],
  ["a·–b", 4],
])("%j takes %i columns", (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

it("breaks a line between words, and leaves one that fits or goes to a file", () => {
  expect(wrapped("one two three", 13)).toBe("one two three");
  expect(wrapped("one two three", 12)).toBe("one two\nthree");
  expect(wrapped("one two three", 5)).toBe("one\ntwo\nthree");
  expect(wrapped("one two three", undefined)).toBe("one two three");
});

it("leaves a word whole that is longer than the terminal is wide", () => {
  expect(wrapped("see /a/very/long/path here", 10)).toBe("see\n/a/very/long/path\nhere");
});

it("sets what follows under the line's text, or the last of its columns", () => {
  expect(wrapped("    one two three", 12)).toBe("    one two\n    three");
  expect(wrapped("yes  cpu  one two three four", 20)).toBe("yes  cpu  one two\n          three four");
  expect(wrapped("yes  cpu                one two three four", 30)).toBe(
    "yes  cpu                one\ntwo three four",
  );
});

it("breaks a command so that a shell takes it", () => {
  expect(wrapped("  nin train --resume runs/a --max-steps 5", 30)).toBe(
    "  nin train --resume runs/a \\\n    --max-steps 5",
  );
  expect(wrapped("  npx -y pnpm@10.34.9 nin evaluate runs/a", 30)).toBe(
    "  npx -y pnpm@10.34.9 nin \\\n    evaluate runs/a",
  );
});

it("does not count colours", () => {
  const red = painter({ isTTY: true }, {})("error", "nin:");
  expect(wrapped(`${red} one two`, 12)).toBe(`${red} one two`);
  expect(wrapped(`${red} one two`, 11)).toBe(`${red} one\ntwo`);
});
