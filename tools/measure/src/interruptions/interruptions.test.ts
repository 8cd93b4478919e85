import { spawnSync } from "node:child_process";
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
    const names = (process.env.NIN_REQUIRE ?? "").split(",").map((name) => name.trim());
    if (names.includes("script")) throw new Error("NIN_REQUIRE names script, which is not here");
    skip("there is no script command here");
  }
  expect(measure("double-interrupts", "--rounds", "1", "--seed", "1")).toMatchObject({
    status: 0,
    stdout: expect.stringContaining("1 rounds: 1 as they should be, 0 not."),
  });
});
