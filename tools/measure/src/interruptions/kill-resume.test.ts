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
