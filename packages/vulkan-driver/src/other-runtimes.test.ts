import { execFile, spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { lacking } from "@nin/test-support";
import { expect, it } from "vitest";
import { swiftShaderObstacle, thisMachine } from "./platform.js";
import { emptyFolder } from "./testing/machine.js";

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
