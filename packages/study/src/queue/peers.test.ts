import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify, stripVTControlCharacters } from "node:util";
import { lacking, newerNode } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { loadQueueModules } from "./peers.js";

const PACKAGE = fileURLToPath(new URL("../..", import.meta.url));

describe("a Node that pg-boss does not support", () => {
  it.each(["20.19.0", "22.11.0"])("is named in one sentence: %s", async (version) => {
    await expect(loadQueueModules(version)).rejects.toThrow(
      `studies on many machines need Node 22.12 or later, and this is Node ${version}; all else of nin works with it`,
    );
  });

  it("runs the tests of the database in a newer one", async ({ skip }) => {
    const node = await newerNode();
    if ("problem" in node) return lacking("node-22", node.problem, skip);
    if (node.program === process.execPath) return skip("this Node runs them itself");
    const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
    const args = [vitest, "run", "database.test", "--testTimeout=60000", "--hookTimeout=60000"];
    const { stdout } = await promisify(execFile)(node.program, args, { cwd: PACKAGE });
    expect(stripVTControlCharacters(stdout)).toMatch(/Tests +\d\d passed/);
  }, 300_000);
});
