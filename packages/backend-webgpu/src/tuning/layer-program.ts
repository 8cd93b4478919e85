import { at, entry } from "@nin/spec";
import { BUFFER_USAGE, type PendingRead, readBuffer, storageBuffer } from "../device/buffers.js";
import type { GpuContext } from "../device/gpu-context.js";
import { INFERENCE, packStepUniforms } from "../kernels/step-uniforms.js";
import { type ConvolveOptions, convolve } from "../layers/convolve.js";
import type { LayerKernels } from "../layers/kernel-choice.js";
import { NetworkBuilder } from "../layers/network-builder.js";
import type { TensorRef } from "../program/command.js";
import { ParameterLayout } from "../program/parameter-layout.js";
import { PersistentBuffers } from "../program/persistent-buffers.js";
import { tensorsOf } from "../program/plan-memory.js";
import { linkProgram } from "../program/program.js";
import { passClock, passMs } from "./pass-clock.js";

/** One convolution, forward and both gradients, with buffers of its own. */
export interface LayerProgram {
  /** Runs it so many times, and waits for them. Returns how long one took. Units: ms. */
  time(times: number): Promise<number>;
  /** What it computes from the same pseudo-random numbers as every other program: output and gradients. */
  results(): Promise<readonly Float32Array[]>;
  dispose(): void;
}

/**
 * Makes a convolution's program with these kernels.
 *
 * @throws `RuntimeError`.
 */
export async function linkLayer(
  context: GpuContext,
  layer: ConvolveOptions,
  kernels: LayerKernels,
  microBatchSize: number,
): Promise<LayerProgram> {
  const { device } = context;
  const parameters = new ParameterLayout();
  const builder = new NetworkBuilder({
    microBatchSize,
    parameters,
    everyOutput: false,
    kernelsOf: () => kernels,
  });
  const input = builder.value("input", layer.input);
  const node = convolve(builder, { ...layer, input });
  const outputGradient = builder.gradient(node.output);
  // The first layer of a network, which im2col computes, has no layer before it that wants a gradient.
  const ofInput = input.stride % 8 === 0;
  const inputGradient = node.backward(
    { tensor: outputGradient, masked: false },
    { ofInput, inputAfterRelu: false },
  );
  const { prologue } = builder;
  const commands = [...builder.forward, ...builder.backward];
  const refs = [...new Set([input.tensor, outputGradient, ...tensorsOf([...prologue, ...commands])])];
  const tensors = refs.map(({ label, sizeBytes }) => storageBuffer(device, label, sizeBytes));
  const bufferOf = new Map(refs.map((tensor, index) => [tensor, index]));
  const bufferBytes = refs.map(({ sizeBytes }) => sizeBytes);
  const persistent = new PersistentBuffers(device);
  const parameterBytes = parameters.length * Float32Array.BYTES_PER_ELEMENT;
  for (const region of ["parameters", "gradients"] as const) persistent.ensure(region, parameterBytes);
  const stepUniforms = oneRun(device, microBatchSize);
  const buffers = {
    plan: { bufferOf, bufferBytes, lowerBoundBytes: 0 },
    tensors,
    persistent: persistent.buffers,
    stepUniforms,
  };
  const [prepare, program] = await Promise.all([
    linkProgram(context, prologue, buffers),
    linkProgram(context, commands, buffers),
  ]);
  const bufferAt = (tensor: TensorRef): GPUBuffer => at(tensors, entry(bufferOf, tensor));
  // Zeros would hide what is not written, and some hardware multiplies them faster.
  for (const buffer of [
    bufferAt(input.tensor),
    persistent.ensure("parameters", 0),
    bufferAt(outputGradient),
  ]) {
    fill(device, buffer);
  }
  const clock = passClock(context);
  const enqueue = (times: number): PendingRead | undefined => {
    const encoder = device.createCommandEncoder();
    const preparing = encoder.beginComputePass();
    prepare.encode(preparing, microBatchSize, 0);
    preparing.end();
    const pass = encoder.beginComputePass(clock && { timestampWrites: clock.timestampWrites });
    for (let time = 0; time < times; time += 1) program.encode(pass, microBatchSize, 0);
    pass.end();
    const reading = clock?.encodeReading(encoder);
    device.queue.submit([encoder.finish()]);
    return reading;
  };
  return {
    async time(times) {
      const begin = performance.now();
      const reading = enqueue(times);
      await device.queue.onSubmittedWorkDone();
      const elapsedMs = performance.now() - begin;
      const onDeviceMs = reading === undefined ? 0 : await passMs(reading);
      // The clocks of some devices stand still.
      return (onDeviceMs > 0 ? onDeviceMs : elapsedMs) / times;
    },
    async results() {
      enqueue(1)?.drop();
      const read = [bufferAt(node.output.tensor), persistent.ensure("gradients", 0)];
      if (inputGradient !== undefined) read.push(bufferAt(inputGradient.tensor));
      const bytes = await Promise.all(read.map((buffer) => readBuffer(context, buffer, buffer.size)));
      return bytes.map((buffer) => new Float32Array(buffer));
    },
    dispose() {
      clock?.dispose();
      prepare.dispose();
      program.dispose();
      stepUniforms.destroy();
      persistent.dispose();
      for (const tensor of tensors) tensor.destroy();
    },
  };
}

function oneRun(device: GPUDevice, microBatchSize: number): GPUBuffer {
  const bytes = packStepUniforms([
    {
      ...INFERENCE,
      imageCount: microBatchSize,
      firstImage: 0,
      batchSize: microBatchSize,
      accumulate: false,
      gradientScale: 1,
    },
  ]);
  const usage = BUFFER_USAGE.uniform | BUFFER_USAGE.copyTarget;
  const buffer = device.createBuffer({ label: "step uniforms", size: bytes.byteLength, usage });
  device.queue.writeBuffer(buffer, 0, bytes);
  return buffer;
}

/** Fills a buffer with the same numbers in [-1, 1) at every call; how random they are does not matter. */
function fill(device: GPUDevice, buffer: GPUBuffer): void {
  const { BYTES_PER_ELEMENT } = Float32Array;
  for (let start = 0; start < buffer.size; start += NOISE.byteLength) {
    const length = Math.min(NOISE.length, (buffer.size - start) / BYTES_PER_ELEMENT);
    device.queue.writeBuffer(buffer, start, NOISE, 0, length);
  }
}

const NOISE = noise(2 ** 16);

function noise(length: number): Float32Array<ArrayBuffer> {
  let state = 1;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
