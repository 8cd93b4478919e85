import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonError, MAX_JSON_DEPTH, parseJson } from "./json.js";

function failure(text: string, options = {}): JsonError {
  try {
    parseJson(text, "a.json", options);
  } catch (error) {
    if (error instanceof JsonError) return error;
    throw error;
  }
  throw new Error(`${text} was taken`);
}

describe("parseJson", () => {
  it("takes what JSON.parse takes, and gives the same", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), fc.constantFrom(0, 1, 2, "\t"), (value, indent) => {
        const text = JSON.stringify(value, undefined, indent);
        expect(parseJson(text, "a.json")).toEqual(JSON.parse(text));
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it("refuses what JSON.parse refuses", () => {
    const pieces = [
      "{",
      "}",
      "[",
      "]",
      ",",
      ":",
      '"a"',
      '"b',
      "1",
      "-",
      "01",
      "1e5",
      ".5",
      "tru",
      "null",
      " ",
      "\\",
      "'",
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 9 }), (parts) => {
        const text = parts.join("");
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(failure(text).code).toBe("NIN_JSON");
          return;
        }
        try {
          expect(parseJson(text, "a.json")).toEqual(expected);
        } catch (error) {
          expect(String(error)).toContain("stands twice");
        }
      }),
      { seed: 2, numRuns: 5000 },
    );
  });

  it.each([
    ["", 1, 1, "expected a value, found the end of the text"],
    ['{\n  "a": 1,\n  "b" 2\n}', 3, 7, 'expected ":", found 2'],
    ['{"a": 1,}', 1, 9, 'expected a name in double quotes or "}", found }'],
    ["[1, 2", 1, 6, 'expected "," or "]", found the end of the text'],
    ["\n\n[1 2]", 3, 4, 'expected "," or "]", found 2'],
    ["[True]", 1, 2, "expected a value, found True"],
    ["[1] x", 1, 5, "expected the end of the text, found x"],
    ['{"a": 1, "b": 2, "a": 3}', 1, 18, 'the name "a" stands twice in one object'],
    ['{"a": 1, "\\u0061": 3}', 1, 10, 'the name "a" stands twice in one object'],
    ["\ufeff{}", 1, 1, "expected JSON, found a byte order mark"],
    ['"a\nb"', 1, 3, "a control character in a string must be escaped"],
    ["\u001b[31m", 1, 1, "found \\u001b"],
    ["-", 1, 1, "expected a digit"],
  ])("says where %j is wrong", (text, line, column, problem) => {
    const { message, ...place } = failure(text);
    expect(place).toMatchObject({ line, column, source: "a.json" });
    expect(message).toContain(`a.json: line ${line}, column ${column}: `);
    expect(message).toContain(problem);
  });

  it("has a limit for the depth, and no recursion beyond it", () => {
    const nested = (depth: number) => `${"[".repeat(depth)}${"]".repeat(depth)}`;
    expect(() => parseJson(nested(MAX_JSON_DEPTH), "a.json")).not.toThrow();
    expect(failure(nested(MAX_JSON_DEPTH + 1)).message).toContain("nested more than 64 levels deep");
    expect(failure("[".repeat(1_000_000)).message).toContain("nested more than 64 levels deep");
  });

  it("refuses fractions and exponents where integers are asked for", () => {
    expect(parseJson("[0, -1, 12]", "a.json", { integersOnly: true })).toEqual([0, -1, 12]);
    expect(failure("[8e0]", { integersOnly: true }).message).toContain("expected an integer, found 8e0");
    expect(failure("[1, 2.0]", { integersOnly: true }).column).toBe(5);
  });
});
