import { DeviceUnavailableError, RuntimeError } from "@nin/backend";
import { DivergedError } from "@nin/training";
import { CommanderError } from "commander";
import { expect, it } from "vitest";
import { outcomeOf } from "./exit-status.js";
import { UsageError } from "./usage-error.js";

it.each([
  ["wrong usage", new UsageError("no"), { status: 2, line: "nin: no" }],
  [
    "surroundings that do not suit",
    new DeviceUnavailableError("x", "gpu", "no driver"),
    { status: 2, line: "nin: x: device gpu is not available: no driver" },
  ],
  [
    "training that diverged",
    new DivergedError(3, "the loss of step 3 is NaN", 2),
    { status: 1, line: expect.stringMatching(/^nin: training stopped: the loss of step 3 is NaN/) },
  ],
  [
    "a runtime that failed, on several lines",
    new RuntimeError("x", "compiling", new Error("first\n  second\n")),
    { status: 1, line: "nin: x: compiling failed: first second" },
  ],
  [
    "anything else",
    new TypeError("oops"),
    { status: 1, line: "nin: unexpected error: oops (--debug prints a stack trace)" },
  ],
  [
    "what is no error",
    "oops",
    { status: 1, line: "nin: unexpected error: oops (--debug prints a stack trace)" },
  ],
  [
    "a message with control characters, too long",
    new UsageError(`\u001b[2J\r\u202e${"x".repeat(100_000)}`),
    {
      status: 2,
      line: expect.stringMatching(/^nin: \\u001b\[2J \\u202ex{299}\.\.\. \(100001 characters\)$/),
    },
  ],
  ["help that was asked for", new CommanderError(0, "commander.helpDisplayed", ""), { status: 0 }],
])("%s", (_name, error, ending) => {
  expect(outcomeOf(error)).toEqual(ending);
});

it.each([
  [
    `unknown option '--${"x".repeat(5000)}'`,
    `nin: unknown option '--${"x".repeat(297)}... (5004 characters)`,
  ],
  [`/${"folder/".repeat(50)}: not found`, `nin: /${"folder/".repeat(50)}: not found`],
  [`${"many words ".repeat(5000)}`, /^nin: .{6000}\.\.\. \(\d+ characters\)$/],
])("a message repeats no more than a part of what was given", (message, line) => {
  const { line: printed } = outcomeOf(Object.assign(new Error(message), { code: "NIN_USAGE" }));
  if (typeof line === "string") expect(printed).toBe(line);
  else expect(printed).toMatch(line);
});
