import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, vi } from "vitest";
import { findsLibrary, thisHost } from "./host.js";
import { swiftShaderObstacle } from "./platform.js";
import { emptyFolder } from "./testing/machine.js";
import { lacking } from "./testing/requirements.js";
import { thisMachine } from "./this-machine.js";

const close = vi.fn();

it("finds a library that is there", ({ skip }) => {
  if (process.platform !== "linux" || !thisMachine().glibc) return skip("no glibc");
  expect(findsLibrary("libc.so.6")).toBe(true);
  expect(findsLibrary("libnowhere.so.1")).toBe(false);
});

it("keeps a library by Deno's own foreign functions", () => {
  const dlopen = vi.fn(() => ({ symbols: {}, close }));
  thisHost({ Deno: { dlopen } }).load("/a/libvulkan.so.1");
  expect(dlopen).toHaveBeenCalledExactlyOnceWith("/a/libvulkan.so.1", {});
  expect(close).not.toHaveBeenCalled();
  expect(thisHost({ Deno: { dlopen } }).finds("/a/libcuda.so.1")).toBe(true);
  expect(close).toHaveBeenCalledOnce();
});

it("keeps a library by Bun's, and sets variables where native libraries see them", () => {
  const setenv = vi.fn((..._values: readonly unknown[]) => 0);
  const dlopen = vi.fn(() => ({ symbols: { setenv }, close }));
  const texts: string[] = [];
  const ptr = (bytes: Uint8Array) => texts.push(new TextDecoder().decode(bytes));
  const host = thisHost({ Bun: {} }, () => ({ dlopen, ptr }));
  host.load("/a/libvulkan.so.1");
  expect(dlopen).toHaveBeenLastCalledWith("/a/libvulkan.so.1", expect.anything());
  vi.stubEnv("NIN_TEST_VARIABLE", "before");
  host.setVariable("NIN_TEST_VARIABLE", "after");
  expect(process.env.NIN_TEST_VARIABLE).toBe("after");
  expect(texts).toEqual(["NIN_TEST_VARIABLE\0", "after\0"]);
  expect(setenv).toHaveBeenCalledExactlyOnceWith(1, 2, 1);
  vi.unstubAllEnvs();
});

it("says what a runtime refuses", () => {
  const refused = () => {
    throw new Error("Requires ffi access, run again with the --allow-ffi flag");
  };
  expect(() => thisHost({ Deno: { dlopen: refused } }).load("/a")).toThrow("--allow-ffi");
});

const BUN = process.env.NIN_BUN ?? "bun";
const DENO = process.env.NIN_DENO ?? "deno";

function isThere(program: string): boolean {
  return spawnSync(program, ["--version"]).status === 0;
}

/** Computes on SwiftShader in another runtime. */
async function computeIn(program: string, args: readonly string[]): Promise<void> {
  const script = fileURLToPath(new URL("testing/compute.mjs", import.meta.url));
  const env = { ...process.env, XDG_CACHE_HOME: await emptyFolder(), NIN_VULKAN_ADAPTER: undefined };
  const { stdout } = await promisify(execFile)(program, [...args, script, "swiftshader"], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { ...env, VK_DRIVER_FILES: undefined },
  });
  const run = JSON.parse(stdout);
  expect(run.architecture).toBe("swiftshader");
  expect(run.doubled).toEqual(Array.from({ length: 64 }, (_, index) => 2 * (index + 1)));
}

const obstacle = swiftShaderObstacle(thisMachine());

it("Bun computes on SwiftShader", { timeout: 60_000 }, async ({ skip }) => {
  if (obstacle !== undefined) return lacking("webgpu", obstacle, skip);
  if (!isThere(BUN)) return lacking("bun", `there is no program ${BUN}`, skip);
  return computeIn(BUN, ["run"]);
});

it("Deno computes on SwiftShader", { timeout: 60_000 }, async ({ skip }) => {
  if (obstacle !== undefined) return lacking("webgpu", obstacle, skip);
  if (!isThere(DENO)) return lacking("deno", `there is no program ${DENO}`, skip);
  return computeIn(DENO, ["run", "--allow-all", "--node-modules-dir=manual"]);
});
