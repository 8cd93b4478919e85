import { expect, it } from "vitest";
import { madeUpResult } from "../testing/made-up-result.js";
import { parseResult, readResult } from "./parse-result.js";

it("reads what was written", () => {
  const result = madeUpResult();
  expect(parseResult(JSON.stringify(result), "a.json")).toEqual(result);
});

it.each([
  ["{", /^a\.json: expected JSON/],
  ["null", /^a\.json: expected the format nin-bench/],
  [JSON.stringify({ ...madeUpResult(), version: 2 }), /^a\.json: expected version 1, got 2/],
  [JSON.stringify({ ...madeUpResult(), cases: 3 }), /^a\.json: cases: expected a list/],
])("refuses %.20s by the file's name", (text, message) => {
  expect(() => parseResult(text, "a.json")).toThrow(message);
});

it("names a file that is not there", async () => {
  await expect(readResult("no-such.json")).rejects.toThrow(/^no-such\.json: cannot be read/);
});
