import { execFile } from "node:child_process";
import { chmod, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { lacking } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { swiftShaderObstacle, thisMachine } from "./platform.js";
import { swiftShaderFiles, unpackSwiftShader } from "./swiftshader.js";
import { emptyFolder } from "./testing/machine.js";

const obstacle = swiftShaderObstacle(thisMachine());

/** Runs a script of `testing/` in a process of its own: a process has one adapter. */
async function runChild(
  script: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  user: { readonly uid?: number } = {},
) {
  const path = fileURLToPath(new URL(`testing/${script}`, import.meta.url));
  const clean = {
    ...process.env,
    VK_DRIVER_FILES: undefined,
    VK_ICD_FILENAMES: undefined,
    NIN_VULKAN_ADAPTER: undefined,
  };
  const { stdout } = await promisify(execFile)(process.execPath, [path, ...args], {
    env: { ...clean, ...env },
    ...user,
  });
  return JSON.parse(stdout);
}

describe("prepareSoftwareAdapter", { timeout: 60_000 }, () => {
  it("gives Dawn a SwiftShader adapter that computes, in processes that start at once", async ({ skip }) => {
    if (obstacle !== undefined) return lacking("webgpu", obstacle, skip);
    const env = { XDG_CACHE_HOME: await emptyFolder() };
    const runs = await Promise.all(
      Array.from({ length: 3 }, () => runChild("compute.mjs", ["swiftshader"], env)),
    );
    for (const run of runs) {
      expect(run.prepared.kind).toBe("swiftshader");
      expect([run.vendor, run.architecture]).toEqual(["google", "swiftshader"]);
      expect(run.doubled).toEqual(Array.from({ length: 64 }, (_, index) => 2 * (index + 1)));
    }
  });

  it("prepares a process once, from its main thread, and not its children", async ({ skip }) => {
    if (obstacle !== undefined) return lacking("webgpu", obstacle, skip);
    const run = await runChild("rules.mjs", [], { XDG_CACHE_HOME: await emptyFolder() });
    expect(run.workerBefore).toBe("NIN_ADAPTER_PREPARED");
    expect([run.first, run.second]).toEqual(["swiftshader", "swiftshader"]);
    expect(run.other).toBe("NIN_ADAPTER_PREPARED");
    expect(run.workerAfter).toBe("swiftshader");
    expect(run.child).toEqual(run.before);
  });

  it("takes what an earlier version unpacked, without a record, from a cache that cannot be written", async ({
    skip,
  }) => {
    if (obstacle !== undefined) return lacking("webgpu", obstacle, skip);
    const cache = await emptyFolder();
    const files = swiftShaderFiles({ env: { XDG_CACHE_HOME: cache }, homeFolder: "" });
    await unpackSwiftShader(files);
    await rm(join(files.folder, "sha256.json"));
    await chmod(files.folder, 0o555);
    await chmod(join(cache, "nin"), 0o555);
    await chmod(cache, 0o755);
    // Root may write anywhere.
    const user = process.getuid?.() === 0 ? { uid: 65534 } : {};
    const run = await runChild("compute.mjs", ["swiftshader"], { XDG_CACHE_HOME: cache }, user);
    expect(run.architecture).toBe("swiftshader");
    await chmod(join(cache, "nin"), 0o755);
    await chmod(files.folder, 0o755);
    return undefined;
  });

  it("is refused, with what to do, when the user named drivers that are not there", async ({ skip }) => {
    if (obstacle !== undefined) return lacking("webgpu", obstacle, skip);
    const run = runChild("compute.mjs", ["gpu"], { VK_DRIVER_FILES: "/nowhere.json" });
    await expect(run).rejects.toThrow(/WebGPU adapter gpu is not available: no Vulkan driver .*; install/);
  });
});
