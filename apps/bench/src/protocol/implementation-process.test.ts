import { expect, it } from "vitest";
import { BenchError } from "./errors.js";
import { ImplementationProcess } from "./implementation-process.js";

const TIMEOUT_MS = 20_000;

it.each([
  [
    "no JSON",
    "Loading weights...",
    /^its answer: line 1, column 1: expected a value, found Loading: Loading weights/,
  ],
  ["deep JSON", "[".repeat(5000), /^its answer: line 1, column 65: nested more than 64 levels deep/],
  ["null", "null", /^its answer: expected an object, got null$/],
  ["a number", "3", /^its answer: expected an object, got 3$/],
  ["neither answer nor error", "{}", /^its answer\.error: expected an object, got nothing$/],
  ["an answer that is null", '{"answer": null}', /^its answer\.error: expected an object, got nothing/],
  ["an error without words", '{"error": {}}', /^its answer\.error\.message: expected a string, got nothing$/],
  ["an error", '{"error": {"message": "out of memory"}}', /^out of memory$/],
])("an answer that is %s is one line", async (_what, line, message) => {
  const program = "process.stdin.once('data', () => process.stdout.write(process.argv[1] + '\\n'))";
  const implementation = new ImplementationProcess({ file: process.execPath, args: ["-e", program] }, line);
  const asked = implementation.ask({ do: "open" }, TIMEOUT_MS);
  await expect(asked).rejects.toThrow(message);
  await expect(asked).rejects.toBeInstanceOf(BenchError);
  await implementation.end();
});
