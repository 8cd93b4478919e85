import { spawnSync } from "node:child_process";
import { lacking } from "@nin/test-support";
import { expect, it } from "vitest";
import { measure } from "../testing/measure.js";

it("a training that is killed with SIGKILL at a random moment resumes bit for bit", {
  timeout: 360_000,
}, () => {
  expect(measure("kill-resume", "--rounds", "3")).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("3 rounds: 3 the same bit for bit, 0 different."),
    stderr: "",
  });
});

it("a second Ctrl-C on a terminal leaves neither the bar nor a hidden cursor, and the run resumes bit for bit", ({
  skip,
}) => {
  if (spawnSync("script", ["--version"]).error !== undefined) {
    return lacking("script", "there is no script command here", skip);
  }
  expect(measure("double-interrupts", "--rounds", "1", "--seed", "1")).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("1 rounds: 1 as they should be, 0 not."),
  });
});
