import { expect, test } from "vitest";
import { buildObstacle, thisBuild } from "./runtime-build.js";

const installed = {
  platform: "linux",
  arch: "x64",
  glibc: true,
  packageFolder: thisBuild().packageFolder,
} as const;

test("a machine that onnxruntime-node has a build for has no obstacle, nor one with it in a bundle", () => {
  expect(installed.packageFolder).toBeDefined();
  expect(buildObstacle(installed)).toBeUndefined();
  expect(buildObstacle({ ...installed, platform: "darwin", packageFolder: undefined })).toBeUndefined();
});

test.each([
  [{ platform: "darwin" }, "darwin x64"],
  [{ glibc: false }, "linux x64 without glibc"],
  [{ arch: "riscv64" }, "linux riscv64"],
] as const)("%o is named the device that runs there", (machine, here) => {
  expect(buildObstacle({ ...installed, ...machine })).toBe(
    `onnxruntime-node has no build for ${here}; the device wasm runs here (\`npm install onnxruntime-web@1.30\`)`,
  );
});
