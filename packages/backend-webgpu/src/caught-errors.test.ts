import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { lacking } from "@nin/test-support";
import { describe, expect, onTestFinished, test } from "vitest";
import { nodeDevices } from "./node-devices.js";

const usable = (await nodeDevices().list()).some(({ id, available }) => available && id === "swiftshader");
const script = fileURLToPath(new URL("testing/caught-errors.mjs", import.meta.url));

/** In a process of its own, which an unhandled rejection ends, as one does any process without a handler. */
async function runChild(args: readonly string[], cache: string) {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ["--unhandled-rejections=strict", script, ...args],
    {
      env: {
        ...process.env,
        XDG_CACHE_HOME: cache,
        NIN_VULKAN_ADAPTER: undefined,
        VK_DRIVER_FILES: undefined,
      },
    },
  );
  return JSON.parse(stdout);
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nin-caught-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

describe("a failure that is caught", { timeout: 60_000 }, () => {
  test("a cache that cannot be written: is no other's, and not kept when it can be", async ({ skip }) => {
    if (!usable) return lacking("webgpu", "SwiftShader is not available", skip);
    const folder = await emptyFolder();
    const file = join(folder, "file");
    await writeFile(file, "a file where the cache belongs");
    const answers = await runChild(["cache", folder], file);
    const refused =
      /^NIN_DEVICE_UNAVAILABLE .*unpacking SwiftShader .*set XDG_CACHE_HOME to a writable folder/;
    expect(answers).toEqual({
      inWorker: "NIN_DEVICE_UNAVAILABLE",
      unwritable: [expect.stringMatching(refused), expect.stringMatching(refused)],
      writable: expect.stringMatching(/swiftshader/i),
    });
    return undefined;
  });

  test("another adapter than the process's: the process's own can still be opened", async ({ skip }) => {
    if (!usable) return lacking("webgpu", "SwiftShader is not available", skip);
    const refused = /^NIN_DEVICE_UNAVAILABLE .*already prepared for swiftshader.*use another process/;
    expect(await runChild(["second"], await emptyFolder())).toEqual({
      other: expect.stringMatching(refused),
      own: expect.stringMatching(/swiftshader/i),
      otherAgain: expect.stringMatching(refused),
    });
    return undefined;
  });
});
