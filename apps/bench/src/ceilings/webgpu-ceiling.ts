/// <reference types="@webgpu/types" preserve="true" />
import { nodeDevices } from "@nin/backend-webgpu/node";
import type { CeilingAnswer } from "./ceiling-answer.js";
import { productWgsl } from "./product.wgsl.js";
import { type Repeatable, sampleRates } from "./sampling.js";
import { sumWgsl } from "./sum.wgsl.js";

const SIDES = [256, 512, 1024, 2048, 4096];
/** 64 MiB: beyond the caches, and within what every adapter binds. */
const ELEMENTS = [2 ** 24];
const FLOAT_BYTES = 4;
/** `GPUBufferUsage.STORAGE`, which is no global in Node. */
const STORAGE = 0x80;

/** What kernels of ours reach through WebGPU on an adapter. Throws: `DeviceUnavailableError`. */
export async function webgpuCeiling(adapter: string): Promise<CeilingAnswer> {
  const { device } = await nodeDevices().open(adapter);
  const products = await sampleRates(
    SIDES,
    (side) => 2 * side ** 3,
    (side) =>
      prepare(device, {
        code: productWgsl,
        constants: { side },
        elements: side ** 2,
        workgroups: [side / 64, side / 64],
      }),
  );
  const sums = await sampleRates(
    ELEMENTS,
    (elements) => 3 * FLOAT_BYTES * elements,
    (elements) => {
      const grid = elements / 16;
      return prepare(device, { code: sumWgsl, constants: { grid }, elements, workgroups: [grid / 256, 1] });
    },
  );
  device.destroy();
  return {
    method: "a WGSL product in registers and a sum, through Dawn",
    flops: products.rates,
    matrixSize: products.size,
    bytes: sums.rates,
    arrayBytes: FLOAT_BYTES * sums.size,
  };
}

interface Program {
  readonly code: string;
  readonly constants: Readonly<Record<string, number>>;
  /** Of each of the three arrays. */
  readonly elements: number;
  readonly workgroups: readonly [number, number];
}

async function prepare(
  device: GPUDevice,
  { code, constants, elements, workgroups }: Program,
): Promise<Repeatable> {
  const buffers = [0, 1, 2].map(() => filledBuffer(device, elements));
  const pipeline = await device.createComputePipelineAsync({
    layout: "auto",
    compute: { module: device.createShaderModule({ code }), entryPoint: "main", constants: { ...constants } },
  });
  const bindGroup = device.createBindGroup({
    layout: pipeline.getBindGroupLayout(0),
    entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
  });
  return {
    run: async () => {
      const encoder = device.createCommandEncoder();
      const pass = encoder.beginComputePass();
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, bindGroup);
      pass.dispatchWorkgroups(...workgroups);
      pass.end();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
    },
    dispose: async () => {
      for (const buffer of buffers) buffer.destroy();
    },
  };
}

/** Ones: of zeros, an adapter may know that nothing comes. */
function filledBuffer(device: GPUDevice, elements: number): GPUBuffer {
  const buffer = device.createBuffer({
    size: FLOAT_BYTES * elements,
    usage: STORAGE,
    mappedAtCreation: true,
  });
  new Float32Array(buffer.getMappedRange()).fill(1);
  buffer.unmap();
  return buffer;
}
