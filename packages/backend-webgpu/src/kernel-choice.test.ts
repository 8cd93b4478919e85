import { conformanceCases } from "@nin/conformance";
import { describeConformance } from "@nin/conformance/vitest";
import { lacking } from "@nin/test-support";
import { describe, test } from "vitest";
import { createWebGpuBackend } from "./backend.js";
import type { KernelChoice } from "./layers/kernel-choice.js";
import { nodeDevices } from "./node-devices.js";

/** Every kind of kernel that can be chosen, forced where it would not be; all sizes are in `matmul.test.ts`. */
const CHOICES: readonly Partial<KernelChoice>[] = [
  { matmul: "registers", winogradChannels: Number.POSITIVE_INFINITY },
  { matmul: "registers", winogradChannels: 1 },
  { matmul: "tiles-64", winogradChannels: Number.POSITIVE_INFINITY },
  { matmul: "tiles-64", winogradChannels: 1 },
  { matmul: "tiles-128", winogradChannels: Number.POSITIVE_INFINITY },
  { matmul: "double-buffered-96", winogradChannels: Number.POSITIVE_INFINITY },
  { winogradChannels: 1 },
];

/** What convolutions of every shape are held to, and training but for AdamW, whose first steps blow roundings up. */
const PARTS =
  /^(forward|gradients)\/(conv2d|ninBlock|pytorch|random)\/|^step\/pytorch\/.*run=sgd|^forward\/behaviour\/batch-split/;

// SwiftShader, of which every machine has one, takes minutes to compile them all.
const device = (await nodeDevices().list()).find(({ id, available }) => available && id !== "swiftshader");
const cases = conformanceCases().filter(({ id, quick }) => quick && PARTS.test(id));

for (const kernels of CHOICES) {
  describe(JSON.stringify(kernels), async () => {
    if (device === undefined) {
      test("kernels of webgpu", ({ skip }) =>
        lacking("webgpu:lavapipe", "there is no adapter but SwiftShader", skip));
      return;
    }
    await describeConformance(() => createWebGpuBackend(nodeDevices(), { kernels }), {
      device: device.id,
      cases,
    });
  });
}
