/// <reference types="@webgpu/types" preserve="true" />
import { nodeDevices } from "@nin/backend-webgpu/node";
import { type CeilingAnswer, type Repeatable, sampleRates } from "./sampling.js";

const SIDES = [256, 512, 1024, 2048, 4096];
/** 64 MiB, which do not fit into caches, and which every adapter can bind. */
const ELEMENTS = [2 ** 24];
const FLOAT_BYTES = 4;
/** `GPUBufferUsage.STORAGE`, which is not a global in Node. */
const STORAGE = 0x80;

/**
 * The rates of two kernels of this repository on a WebGPU adapter.
 *
 * @throws `DeviceUnavailableError`
 */
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
  /** The number of elements of each of the three arrays. */
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

/** A buffer of ones: for zeros, an adapter may skip the work. */
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

/**
 * The product of two square float32 matrices, `result = left^T * right`; `left` is stored transposed, so
 * that eight rows of a column are two vectors. Layouts: row-major, [side, side], four columns a vector.
 * One invocation computes 8x8 elements from registers. Dispatch: [side / 64, side / 64, 1] workgroups.
 */
const productWgsl = `
@group(0) @binding(0) var<storage, read> left: array<vec4f>;
@group(0) @binding(1) var<storage, read> right: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> result: array<vec4f>;
override side: u32;

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let stride = side / 4;
  var sums: array<array<vec4f, 2>, 8>;
  for (var k = 0u; k < side; k += 1u) {
    let a0 = left[k * stride + 2 * id.y];
    let a1 = left[k * stride + 2 * id.y + 1];
    let b0 = right[k * stride + 2 * id.x];
    let b1 = right[k * stride + 2 * id.x + 1];
    sums[0][0] += a0.x * b0; sums[0][1] += a0.x * b1;
    sums[1][0] += a0.y * b0; sums[1][1] += a0.y * b1;
    sums[2][0] += a0.z * b0; sums[2][1] += a0.z * b1;
    sums[3][0] += a0.w * b0; sums[3][1] += a0.w * b1;
    sums[4][0] += a1.x * b0; sums[4][1] += a1.x * b1;
    sums[5][0] += a1.y * b0; sums[5][1] += a1.y * b1;
    sums[6][0] += a1.z * b0; sums[6][1] += a1.z * b1;
    sums[7][0] += a1.w * b0; sums[7][1] += a1.w * b1;
  }
  for (var row = 0u; row < 8u; row += 1u) {
    let at = (8 * id.y + row) * stride + 2 * id.x;
    result[at] = sums[row][0];
    result[at + 1] = sums[row][1];
  }
}
`;

/**
 * `result = left + right`, element by element, four to a vector: reads two arrays and writes one. Layouts:
 * flat. One invocation computes four vectors, a grid apart. Dispatch: [grid / 256, 1, 1] workgroups of 256,
 * where `grid` is a quarter of the vectors.
 */
const sumWgsl = `
@group(0) @binding(0) var<storage, read> left: array<vec4f>;
@group(0) @binding(1) var<storage, read> right: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> result: array<vec4f>;
override grid: u32;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u) {
  for (var at = id.x; at < 4 * grid; at += grid) {
    result[at] = left[at] + right[at];
  }
}
`;
