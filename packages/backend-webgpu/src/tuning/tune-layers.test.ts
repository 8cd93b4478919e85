import { lacking } from "@nin/test-support";
import { afterEach, expect, it } from "vitest";
import type { GpuContext } from "../device/gpu-context.js";
import { type MatmulKernel, plainMatmul } from "../kernels/matmul/matmul.js";
import type { ConvolveOptions } from "../layers/convolve.js";
import { nodeDevices } from "../node-devices.js";
import type { Candidate } from "./candidates.js";
import { Budget, tuneLayer } from "./tune-layers.js";

const device = (await nodeDevices().list()).find(({ available }) => available);
const contexts: GpuContext[] = [];

afterEach(() => {
  for (const context of contexts.splice(0)) context.device.destroy();
});

const layer: ConvolveOptions = {
  name: "layer",
  input: {
    tensor: { label: "input", sizeBytes: 4 },
    channels: 8,
    height: 5,
    width: 4,
    stride: 8,
    flat: false,
  },
  output: { channels: 12, height: 5, width: 4, flat: false },
  kernelSize: [3, 3],
  stride: [1, 1],
  padding: [1, 1],
  bias: true,
  relu: true,
  weightShape: [12, 8, 3, 3],
};

function candidate(name: string, products: MatmulKernel): Candidate {
  return { name, kernels: { matmul: products, winogradChannels: Number.POSITIVE_INFINITY } };
}

/** Forgets what the last weights add. */
const wrong: MatmulKernel = {
  ...plainMatmul,
  convolution: {
    ...plainMatmul.convolution,
    name: "convolution-wrong",
    code: plainMatmul.convolution.code.replace("ky < dims.kernelHeight", "ky + 1u < dims.kernelHeight"),
  },
};

async function open(id: string): Promise<GpuContext> {
  const context = await nodeDevices().open(id);
  contexts.push(context);
  return context;
}

const options = { precision: "f32", microBatchSize: 2 } as const;

it("times what is right and drops what is wrong", async ({ skip }) => {
  if (device === undefined) return lacking("webgpu", "there is no adapter", skip);
  const candidates = [candidate("wrong", wrong), candidate("right", plainMatmul)];
  const budget = new Budget(Number.POSITIVE_INFINITY);
  const { chosen, times } = await tuneLayer(await open(device.id), layer, candidates, { ...options, budget });
  expect(chosen).toBe("right");
  expect(times.wrong).toBeNull();
  expect(times.right).toBeGreaterThan(0);
});

it("keeps the likely one when there is no time", async ({ skip }) => {
  if (device === undefined) return lacking("webgpu", "there is no adapter", skip);
  const candidates = [candidate("likely", plainMatmul), candidate("other", plainMatmul)];
  const found = await tuneLayer(await open(device.id), layer, candidates, {
    ...options,
    budget: new Budget(-1),
  });
  expect(found).toEqual({ chosen: "likely", times: {} });
});
