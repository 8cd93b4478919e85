import { expect, it } from "vitest";
import { leftInTerminal } from "./terminal.js";

const ESC = "\u001b";

it("finds a hidden cursor, a stack trace and a progress bar that were left in a terminal", () => {
  const bar = `${ESC}[?25l[====  ] 3/9`;
  expect(leftInTerminal(bar)).toEqual(["the cursor is hidden", "the progress bar"]);
  expect(leftInTerminal(`${bar}${ESC}[0J${ESC}[?25h\nStopped.`)).toEqual([]);
  expect(leftInTerminal("x\n    at main (file.js:1:1)\n")).toEqual(["a stack trace"]);
});
