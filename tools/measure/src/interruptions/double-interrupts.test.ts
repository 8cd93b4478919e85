import { spawnSync } from "node:child_process";
import { lacking } from "@nin/test-support";
import { expect, it } from "vitest";
import { measure } from "../testing/measure.js";

it("a second Ctrl-C on a terminal leaves neither the bar nor a hidden cursor, and the run resumes bit for bit", {
  timeout: 360_000,
}, ({ skip }) => {
  if (spawnSync("script", ["--version"]).error !== undefined) {
    return lacking("script", "there is no script command here", skip);
  }
  expect(measure("double-interrupts", "--rounds", "1", "--seed", "1")).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("1 rounds: 1 as they should be, 0 not."),
  });
});
