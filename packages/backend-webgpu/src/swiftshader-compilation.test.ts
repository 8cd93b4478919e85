import { lacking } from "@nin/test-support";
import { afterAll, expect, test } from "vitest";
import type { ConvolutionDims } from "./kernels/convolution/geometry.js";
import { plainMatmul } from "./kernels/matmul/matmul.js";
import { addPartials } from "./kernels/weight-gradient/add-partials.js";
import { biasGradient } from "./kernels/weight-gradient/bias-gradient.js";
import { nodeDevices } from "./node-devices.js";
import { layerOf, layerResults } from "./testing/layer-results.js";

/** Of processor time, not of the clock: tests share a machine. It takes 0.6 s, and took 26 s. */
const MOST_SECONDS = 5;

const device = (await nodeDevices().list()).find(({ id, available }) => available && id === "swiftshader");
const context = device && (await nodeDevices().open(device.id));

afterAll(() => context?.device.destroy());

test("SwiftShader compiles a small 3x3 convolution and its gradients in a second", async ({ skip }) => {
  if (context === undefined) return lacking("webgpu", "SwiftShader is not available", skip);
  const before = process.cpuUsage();
  const results = await layerResults(
    context,
    // A window, and too few channels for Winograd's transforms.
    layerOf(8, 8, 3, [6, 6]),
    plainMatmul,
  );
  const { user } = process.cpuUsage(before);
  expect(results.every((tensor) => tensor.some((value) => value !== 0))).toBe(true);
  expect(user / 1e6).toBeLessThan(MOST_SECONDS);
  return undefined;
});

test("sums that invocations share at a barrier are none where that takes SwiftShader seconds", () => {
  const rows = [64, 64] as const;
  const dims: ConvolutionDims = {
    ...{ rows, source: rows, inStride: 8, columns: 8 },
    ...{ kernelSize: [1, 1], stride: [1, 1], padding: [0, 0] },
  };
  const segments = { rows: 64, count: 64, stride: 8 };
  const tensor = { label: "any", sizeBytes: 64 };
  const constantsOf = (sharedSums: boolean) => [
    biasGradient(dims, segments, 0, { outputGradient: tensor, partial: tensor }, { sharedSums }).constants,
    addPartials(dims, segments, { partial: tensor, gradient: tensor }, { sharedSums }).constants,
  ];
  expect(constantsOf(plainMatmul.sharedSums)).toEqual([{ ROWS: 1 }, { VECTORS: 64, SEGMENTS: 1 }]);
  expect(constantsOf(true)).toEqual([{ ROWS: 32 }, { VECTORS: 16, SEGMENTS: 16 }]);
});
