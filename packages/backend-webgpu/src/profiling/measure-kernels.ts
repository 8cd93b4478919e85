import type { Precision } from "@nin/backend";
import { type Architecture, at, builtinRecipe, initialParameters, present } from "@nin/spec";
import { readBuffer, writeBytes } from "../device/buffers.js";
import type { GpuContext } from "../device/gpu-context.js";
import { INFERENCE, packStepUniforms } from "../kernels/step-uniforms.js";
import type { KernelChoice } from "../layers/kernel-choice.js";
import type { Command } from "../program/command.js";
import { tensorBuffer } from "../program/program.js";
import { Engine, type EngineOptions, type ReadyStage } from "../runtime/engine.js";
import type { TuningStore } from "../tuning/tuned-layer.js";
import { bytesOf, flopsOf, type KernelWork } from "./work.js";

/** What is measured, and how often. */
export interface KernelMeasurementOptions {
  /** The number of images in a batch; the micro-batch is chosen as in training. */
  readonly batch: number;
  readonly precision: Precision;
  /** The number of timed rounds, one more that warms up aside. */
  readonly rounds: number;
  /** Kernels to use instead of the adapter's own. */
  readonly kernels?: Partial<KernelChoice>;
  /** Where the fastest kernels are remembered; without it none are searched for. */
  readonly tuning?: TuningStore;
}

/** The time and the least work of one dispatch. Units of `ms`: milliseconds, the median of the rounds. */
export interface DispatchTime extends KernelWork {
  readonly kernel: string;
  /** The tensor or the persistent buffer that it writes. */
  readonly writes: string;
  readonly ms: number;
}

/** The sums over all dispatches of a kernel. */
export interface KernelTime extends KernelWork {
  readonly kernel: string;
  readonly dispatches: number;
  readonly ms: number;
}

/** The memory of a training pass, and the most that is alive at once. */
export interface PassMemory {
  readonly buffers: number;
  readonly tensors: number;
  readonly tensorBytes: number;
  readonly lowerBoundBytes: number;
  readonly regionBytes: number;
}

/** Every kernel of a micro-batch's forward and backward pass. */
export interface KernelMeasurement {
  /** The number of images in a micro-batch. */
  readonly images: number;
  readonly memory: PassMemory;
  readonly totalMs: number;
  readonly byKernel: readonly KernelTime[];
  readonly kernels: readonly DispatchTime[];
}

/** `GPUBufferUsage`'s bits, which Node has no global for. */
const QUERY_RESOLVE = 0x0200;
const COPY_SOURCE = 0x0004;

/**
 * Times each kernel of a micro-batch's forward and backward pass in a compute pass of its own, by the device's clock.
 *
 * @param context - a device with `timestamp-query`, best one of `openProfilingDevice`
 * @throws `UnsupportedError` for kernels or a precision that the device does not have; `RuntimeError`.
 */
export async function measureKernels(
  context: GpuContext,
  architecture: Architecture,
  { batch, rounds, ...options }: KernelMeasurementOptions,
): Promise<KernelMeasurement> {
  const engineOptions: EngineOptions = { maxBatch: batch, ...options };
  const engine = new Engine(context, architecture, engineOptions);
  try {
    await engine.tune();
    const images = engine.microBatchSize;
    const stage = await engine.stage("training");
    prepare(engine, stage, architecture, images);
    const clock = clockOf(context, stage, images);
    const measured: (readonly number[])[] = [];
    const noise = uniformNoise(2 ** 20);
    for (let round = 0; round <= rounds; round += 1) {
      // The memory plan gives the input's buffer to other tensors, so that it is filled before each round.
      fillInput(context, stage, noise);
      measured.push(await clock.measure());
    }
    clock.dispose();
    const kernels = stage.commands.map((command, index) =>
      dispatchTime(command, timesOf(measured.slice(1), index), engine, images),
    );
    const totalMs = kernels.reduce((sum, { ms }) => sum + ms, 0);
    return { images, memory: memoryOf(stage, engine), totalMs, byKernel: sumsByKernel(kernels), kernels };
  } finally {
    await engine.dispose();
  }
}

/** Writes weights, labels and the uniforms of a step. */
function prepare(engine: Engine, stage: ReadyStage, architecture: Architecture, images: number): void {
  const { device } = engine.context;
  const { init } = builtinRecipe("robust");
  const parameters = engine.parameters.pack(initialParameters(architecture, init, 0));
  writeBytes(device, engine.persistent.ensure("parameters", 0), parameters);
  const labels = Uint32Array.from({ length: images }, (_, image) => image % engine.classes);
  writeBytes(device, engine.persistent.ensure("labels", 0), labels);
  const run = {
    ...INFERENCE,
    ...{ imageCount: images, firstImage: 0, batchSize: images, accumulate: false, training: true },
    gradientScale: engine.gradientScale(images),
  };
  device.queue.writeBuffer(engine.stepUniforms, 0, packStepUniforms([run]));
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  stage.prologueProgram.encode(pass, images, 0);
  pass.end();
  device.queue.submit([encoder.finish()]);
}

/** Fills the input with noise: a GPU can be faster on zeros than on anything else. */
function fillInput(
  { device }: GpuContext,
  { network, plan, tensors }: ReadyStage,
  noise: Float32Array,
): void {
  const { tensor } = network.input;
  const buffer = tensorBuffer(tensor, plan, tensors);
  for (let offset = 0; offset < tensor.sizeBytes; offset += noise.byteLength) {
    const part = noise.subarray(0, Math.min(noise.byteLength, tensor.sizeBytes - offset) / 4);
    device.queue.writeBuffer(buffer, offset, part.slice());
  }
}

/** Numbers in [0, 1). */
function uniformNoise(length: number): Float32Array {
  const noise = new Float32Array(length);
  let state = 1;
  for (let index = 0; index < length; index += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    noise[index] = state / 2 ** 32;
  }
  return noise;
}

/** Times every command in a pass of its own. Units: milliseconds. */
function clockOf(context: GpuContext, { commands, mainProgram }: ReadyStage, images: number) {
  const { device } = context;
  const count = commands.length;
  const querySet = device.createQuerySet({ type: "timestamp", count: 2 * count });
  const resolved = device.createBuffer({ size: 16 * count, usage: QUERY_RESOLVE | COPY_SOURCE });
  const passOf = (encoder: GPUCommandEncoder, index: number) =>
    encoder.beginComputePass({
      timestampWrites: {
        querySet,
        beginningOfPassWriteIndex: 2 * index,
        endOfPassWriteIndex: 2 * index + 1,
      },
    });
  return {
    async measure(): Promise<readonly number[]> {
      const encoder = device.createCommandEncoder();
      mainProgram.encodeApart((index) => passOf(encoder, index), images);
      encoder.resolveQuerySet(querySet, 0, 2 * count, resolved, 0);
      device.queue.submit([encoder.finish()]);
      const stamps = new BigUint64Array(await readBuffer(context, resolved, 16 * count));
      context.throwFailure();
      return Array.from({ length: count }, (_, i) => Number(at(stamps, 2 * i + 1) - at(stamps, 2 * i)) / 1e6);
    },
    dispose(): void {
      querySet.destroy();
      resolved.destroy();
    },
  };
}

function timesOf(rounds: readonly (readonly number[])[], index: number): readonly number[] {
  return rounds.map((times) => at(times, index)).toSorted((a, b) => a - b);
}

function dispatchTime(
  command: Command,
  times: readonly number[],
  engine: Engine,
  images: number,
): DispatchTime {
  const { kernel, operands } = command;
  const written = present(
    kernel.bindings.find(({ access }) => access === "write"),
    "a kernel's result",
  );
  const result = present(operands[written.name], written.name);
  return {
    kernel: kernel.name,
    writes: "buffer" in result ? result.buffer : result.label,
    // The lower median of an even number of rounds: what disturbs a dispatch makes it longer.
    ms: at(times, (times.length - 1) >> 1),
    flops: flopsOf(command, images),
    bytes: bytesOf(command, (name) => present(engine.persistent.buffers[name], name).size),
  };
}

function sumsByKernel(dispatches: readonly DispatchTime[]): readonly KernelTime[] {
  const sum = (own: readonly DispatchTime[], read: (one: DispatchTime) => number): number =>
    own.reduce((total, one) => total + read(one), 0);
  return [...new Set(dispatches.map(({ kernel }) => kernel))].map((kernel) => {
    const own = dispatches.filter((one) => one.kernel === kernel);
    return {
      kernel,
      dispatches: own.length,
      ms: sum(own, ({ ms }) => ms),
      flops: sum(own, ({ flops }) => flops),
      bytes: sum(own, ({ bytes }) => bytes),
    };
  });
}

function memoryOf({ plan }: ReadyStage, { persistent }: Engine): PassMemory {
  return {
    buffers: plan.bufferBytes.length,
    tensors: plan.bufferOf.size,
    tensorBytes: plan.bufferBytes.reduce((sum, bytes) => sum + bytes, 0),
    lowerBoundBytes: plan.lowerBoundBytes,
    regionBytes: persistent.sizeBytes,
  };
}
