import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { observe, observeObstacle } from "./observe.js";

/** Writes in a worker thread and in a child, and asks a resolver on this machine, which need not answer. */
const PROGRAM = `
  import { execFileSync } from "node:child_process";
  import { Resolver } from "node:dns/promises";
  import { Worker } from "node:worker_threads";
  const resolver = new Resolver({ timeout: 100, tries: 1 });
  resolver.setServers(["127.0.0.1:9"]);
  await resolver.resolve4("nin.example.invalid").catch(() => {});
  new Worker('process.getBuiltinModule("fs").mkdirSync("by-thread/deep", { recursive: true })', { eval: true });
  execFileSync("sh", ["-c", "cat /dev/null >> by-child"]);
  console.log(process.env.GIVEN, process.env.HOME);
`;

it("sees what a program, its threads and its children do", async ({ skip }) => {
  const obstacle = await observeObstacle();
  if (obstacle !== undefined) {
    if ((process.env.NIN_REQUIRE ?? "").split(",").includes("strace")) throw new Error(obstacle);
    skip(`strace: ${obstacle}`);
  }
  const cwd = await realpath(await mkdtemp(join(tmpdir(), "nin-observe-")));
  try {
    const env = { PATH: process.env.PATH, GIVEN: "given" };
    const observed = await observe(process.execPath, ["--input-type=module", "--eval", PROGRAM], {
      cwd,
      env,
    });
    expect(observed).toMatchObject({ status: 0, stdout: "given undefined\n", stderr: "" });
    expect(observed.names).toEqual(["nin.example.invalid"]);
    expect(observed.addresses).toEqual(["127.0.0.1:9"]);
    const below = observed.written.filter((path) => path.startsWith(cwd));
    expect(below).toEqual([join(cwd, "by-child"), join(cwd, "by-thread"), join(cwd, "by-thread/deep")]);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
});
