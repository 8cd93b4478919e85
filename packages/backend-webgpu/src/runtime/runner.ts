import type { Batch, LabelledBatch } from "@nin/backend";
import { encodeRead, type PendingRead } from "../device/read-buffer.js";
import {
  NO_UPDATE,
  packStepUniforms,
  STEP_UNIFORMS_STRIDE_BYTES,
  type StepUniforms,
} from "../kernels/step-uniforms.js";
import { writeBytes } from "../program/persistent-buffers.js";
import type { Program } from "../program/program.js";
import type { Engine, InputSource, ReadyStage } from "./engine.js";
import { type MicroBatch, microBatches } from "./micro-batches.js";

/** What a run's values say besides the micro-batch. */
export type RunFlags = Pick<StepUniforms, "training" | "step" | "key" | "lossSlot" | "update">;

export const INFERENCE: RunFlags = {
  training: false,
  step: 0,
  key: [0, 0],
  lossSlot: 0,
  update: NO_UPDATE,
};

/** Buffers to read after each micro-batch. Units: bytes an image. */
export interface WantedRead {
  readonly buffer: GPUBuffer;
  readonly imageBytes: number;
}

/** Encodes commands that come after a batch's last micro-batch. */
export type Finish = (pass: GPUComputePassEncoder, stepOffset: number) => void;

/**
 * Runs a stage on a batch from the host, each micro-batch uploaded and submitted by itself. Gives the
 * pending reads of each micro-batch.
 */
export async function runBatch(
  engine: Engine,
  stage: ReadyStage,
  batch: Batch | LabelledBatch,
  flags: RunFlags,
  { reads = [], finish }: { readonly reads?: readonly WantedRead[]; readonly finish?: Finish } = {},
): Promise<readonly (readonly PendingRead[])[]> {
  const source: InputSource = "input" in batch ? "floats" : "images";
  const input = await stage.input(source);
  const { device } = engine.context;
  const count = imageCount(engine, batch);
  const parts = microBatches(count, engine.microBatchSize);
  writeStepUniforms(engine, parts, count, flags);
  return parts.map((part, index) => {
    upload(engine, batch, part, count);
    const encoder = device.createCommandEncoder();
    const last = index === parts.length - 1;
    encodePart(encoder, programsOf(stage, input, index), part, index, last ? finish : undefined);
    const pending = reads.map(({ buffer, imageBytes }) =>
      encodeRead(engine.context, encoder, buffer, imageBytes * part.imageCount),
    );
    device.queue.submit([encoder.finish()]);
    return pending;
  });
}

/** Runs a stage on images of the data set on the device: one upload of indices, one command buffer. */
export async function runIndices(
  engine: Engine,
  stage: ReadyStage,
  indices: Uint32Array,
  flags: RunFlags,
  finish: Finish,
): Promise<void> {
  const input = await stage.input("dataset");
  const { device } = engine.context;
  const parts = microBatches(indices.length, engine.microBatchSize);
  writeStepUniforms(engine, parts, indices.length, flags);
  writeBytes(device, requireBuffer(engine.persistent.buffers.indices, "indices"), indices);
  const encoder = device.createCommandEncoder();
  parts.forEach((part, index) => {
    const last = index === parts.length - 1;
    encodePart(encoder, programsOf(stage, input, index), part, index, last ? finish : undefined);
  });
  device.queue.submit([encoder.finish()]);
}

/** The number of images of a batch that was checked. */
export function imageCount(engine: Engine, batch: Batch): number {
  return "input" in batch ? (batch.input.shape[0] ?? 0) : batch.images.length / engine.imageBytes;
}

function programsOf(
  { prologueProgram: prepare, mainProgram: main }: ReadyStage,
  input: Program,
  index: number,
): readonly Program[] {
  return index === 0 ? [prepare, input, main] : [input, main];
}

function encodePart(
  encoder: GPUCommandEncoder,
  programs: readonly Program[],
  { imageCount }: MicroBatch,
  index: number,
  finish: Finish | undefined,
): void {
  const pass = encoder.beginComputePass();
  const stepOffset = index * STEP_UNIFORMS_STRIDE_BYTES;
  for (const program of programs) program.encode(pass, imageCount, stepOffset);
  finish?.(pass, stepOffset);
  pass.end();
}

function writeStepUniforms(
  engine: Engine,
  parts: readonly MicroBatch[],
  count: number,
  flags: RunFlags,
): void {
  const entries = parts.map((part, index) => ({
    ...flags,
    ...part,
    batchSize: count,
    gradientScale: engine.gradientScale(count),
    accumulate: index > 0,
  }));
  engine.context.device.queue.writeBuffer(engine.stepUniforms, 0, packStepUniforms(entries));
}

function upload(engine: Engine, batch: Batch | LabelledBatch, part: MicroBatch, count: number): void {
  const { device } = engine.context;
  const { buffers } = engine.persistent;
  const end = part.firstImage + part.imageCount;
  if ("input" in batch) {
    const length = batch.input.data.length / count;
    const floats = batch.input.data.subarray(part.firstImage * length, end * length);
    writeBytes(device, requireBuffer(buffers.floats, "floats"), asFloat32(floats));
  } else {
    const bytes = batch.images.subarray(part.firstImage * engine.imageBytes, end * engine.imageBytes);
    writeBytes(device, requireBuffer(buffers.images, "images"), bytes);
  }
  if (!("labels" in batch)) return;
  const labels = Uint32Array.from(batch.labels.subarray(part.firstImage, end));
  writeBytes(device, requireBuffer(buffers.labels, "labels"), labels);
}

function asFloat32(floats: Float32Array | Float64Array): Float32Array {
  return floats instanceof Float32Array ? floats : Float32Array.from(floats);
}

function requireBuffer(buffer: GPUBuffer | undefined, name: string): GPUBuffer {
  if (buffer === undefined) throw new Error(`webgpu: no buffer for ${name}`);
  return buffer;
}
