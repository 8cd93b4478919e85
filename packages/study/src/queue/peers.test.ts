import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { lacking } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { loadQueueModules } from "./peers.js";

const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));

const isOldNode = await loadQueueModules().then(
  () => false,
  () => true,
);

describe("a Node that pg-boss does not support", () => {
  it.each(["20.19.0", "22.11.0"])("is named in one sentence: %s", async (version) => {
    await expect(loadQueueModules(version)).rejects.toThrow(
      `studies on many machines need Node 22.12 or later, and this is Node ${version}; all else of nin works with it`,
    );
  });

  it("runs the tests of the database in Node 22", async ({ skip }) => {
    if (!isOldNode) return skip("this Node runs them itself");
    const run = (...args: readonly string[]) =>
      promisify(execFile)("npx", ["-y", "node@22", ...args], { cwd: PACKAGE });
    const problem = await run("--version").then(
      () => undefined,
      (error: Error) => error.message,
    );
    if (problem !== undefined) return lacking("node-22", `npx cannot run it: ${problem}`, skip);
    const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
    const { stdout } = await run(
      vitest,
      "run",
      "database.test",
      "--testTimeout=60000",
      "--hookTimeout=60000",
    );
    expect(stdout).toMatch(/Tests +\d\d passed/);
  });
});
