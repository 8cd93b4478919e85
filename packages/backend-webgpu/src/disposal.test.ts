import { builtinRecipe, initialParameters, parseArchitecture } from "@nin/spec";
import { lacking } from "@nin/test-support";
import { expect, test } from "vitest";
import { createWebGpuBackend, type DeviceSource } from "./backend.js";
import { nodeDevices } from "./node-devices.js";

const usable = (await nodeDevices().list()).some(({ available }) => available);
const { optimizer, init } = builtinRecipe("robust");
const architecture = parseArchitecture({
  format: "nin-architecture",
  version: 1,
  name: "small",
  input: { channels: 1, height: 4, width: 4 },
  layers: [
    { kind: "conv2d", outChannels: 3, kernelSize: 3 },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
  ],
});
const dataset = { images: new Uint8Array(32), labels: Uint8Array.of(0, 2) };

/** Nodes' devices, and the labels of the buffers of theirs that were not destroyed. */
function watched(): { readonly source: DeviceSource; readonly alive: Set<string> } {
  const alive = new Set<string>();
  let created = 0;
  const nodes = nodeDevices();
  const source: DeviceSource = {
    list: () => nodes.list(),
    open: async (id) => {
      const context = await nodes.open(id);
      const { device } = context;
      const createBuffer = device.createBuffer.bind(device);
      device.createBuffer = (descriptor) => {
        const buffer = createBuffer(descriptor);
        const destroy = buffer.destroy.bind(buffer);
        created += 1;
        const name = `${created} ${buffer.label}`;
        alive.add(name);
        return Object.assign(buffer, {
          destroy: () => {
            alive.delete(name);
            destroy();
          },
        });
      };
      return context;
    },
  };
  return { source, alive };
}

test("sessions leave no buffers behind, nor does a model whose session is open still", async ({ skip }) => {
  if (!usable) return lacking("webgpu", "there is no adapter", skip);
  const { source, alive } = watched();
  const images = { channels: 1, height: 4, width: 4, preprocessing: { mean: 0.286, std: 0.353 } };
  const model = await createWebGpuBackend(source).compile(architecture, { maxBatch: 2, imageFormat: images });
  await model.writeParameters(initialParameters(architecture, init, 0));
  const counts: number[] = [];
  for (const seed of [0, 1, 2]) {
    const session = await model.train({ optimizer, seed, dataset });
    await session.step({ indices: Uint32Array.of(0, 1) }, { learningRate: 0.01 });
    await session.metrics();
    await session.dispose();
    counts.push(alive.size);
  }
  expect(new Set(counts).size, `${counts}`).toBe(1);
  const open = await model.train({ optimizer, seed: 0, dataset });
  await open.step({ indices: Uint32Array.of(0) }, { learningRate: 0.01 });
  await model.dispose();
  expect([...alive]).toEqual([]);
  await open.dispose();
  return undefined;
});
