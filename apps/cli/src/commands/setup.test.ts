import { inNewFolder } from "@nin/test-support";
import { expect, it } from "vitest";
import { nin } from "../testing/nin.js";

it.runIf(process.platform === "linux")("setup tensorflow says what the machine lacks, in one line", () =>
  inNewFolder(async (cwd) => {
    const env = { XDG_CACHE_HOME: cwd, PATH: cwd };
    const { status, stdout, stderr } = await nin(["setup", "tensorflow"], { cwd, env });
    expect(stderr.trimEnd().split("\n")).toEqual([
      "1/5 looking for python3 with pip, a C++ compiler and space",
      expect.stringMatching(
        /^nin: setup tensorflow: python3 was not found; install it .*run the command again$/,
      ),
    ]);
    expect([status, stdout]).toEqual([2, ""]);
  }),
);

it.each(["--undo", "--remove"])("setup tensorflow %s without anything set up says so", (flag) =>
  inNewFolder(async (cwd) => {
    const ended = await nin(["setup", "tensorflow", flag], { cwd, env: { XDG_CACHE_HOME: cwd } });
    expect(ended).toEqual({ status: 0, stdout: "nothing to remove\n", stderr: "" });
  }),
);
