import { execFile } from "node:child_process";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { lacking } from "@nin/test-support";
import { expect, it } from "vitest";
import { chromiumObstacle, unpackChromium } from "./chromium.js";
import { machineWith } from "./testing/machine.js";

it("is unpacked once, anew where a file was cut, and runs", { timeout: 120_000 }, async ({ skip }) => {
  const obstacle = chromiumObstacle();
  if (obstacle !== undefined) return lacking("chromium", obstacle, skip);
  const { executablePath: shared } = await unpackChromium();
  const machine = await machineWith({});
  const folder = join(machine.homeFolder, ".cache", "nin", basename(dirname(shared)));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "sizes.json"), '{ "chromium": 1000 }');
  await writeFile(join(folder, "chromium"), "cut");
  const files = await unpackChromium(machine);
  expect(dirname(files.executablePath)).toBe(folder);
  expect(await readdir(dirname(folder))).toHaveLength(1);
  // What is whole is left alone.
  const { mtimeMs } = await stat(files.executablePath);
  expect(await unpackChromium(machine)).toEqual(files);
  expect((await stat(files.executablePath)).mtimeMs).toBe(mtimeMs);

  const env = { ...process.env, ...files.env };
  const { stdout } = await promisify(execFile)(files.executablePath, ["--version"], { env });
  expect(stdout).toMatch(/\d+\.\d+/);
});

it("says which machines it is for, and that the cache cannot be written", async () => {
  const mac = await machineWith({}, { platform: "darwin", arch: "arm64", glibc: false });
  await expect(unpackChromium(mac)).rejects.toMatchObject({
    code: "NIN_ADAPTER_SETUP",
    message:
      "starting Chromium failed: npm's build of Chromium is for Linux x64 with glibc, this is darwin arm64; install Chrome or Chromium",
  });
  const musl = await machineWith({}, { glibc: false });
  expect(chromiumObstacle(musl)).toContain("this is linux x64 without glibc");
  const unwritable = await machineWith({}, { env: { XDG_CACHE_HOME: "/proc/nowhere" } });
  await expect(unpackChromium(unwritable)).rejects.toThrow(
    /^unpacking Chromium to \/proc\/nowhere\/nin\/chromium-[\d.]+ failed: .*; set XDG_CACHE_HOME to a writable folder with 300 MB free$/,
  );
});
