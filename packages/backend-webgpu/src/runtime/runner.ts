import type { Batch, Checked, LabelledBatch } from "@nin/backend";
import { present } from "@nin/spec";
import { encodeRead, type PendingRead, writeBytes } from "../device/buffers.js";
import { packStepUniforms, STEP_UNIFORMS_STRIDE_BYTES, type StepFlags } from "../kernels/step-uniforms.js";
import type { PersistentBufferName } from "../program/command.js";
import type { Program } from "../program/program.js";
import type { GpuNetwork, ReadyStage } from "./gpu-network.js";
import type { InputSource } from "./input-commands.js";
import { type MicroBatch, microBatches } from "./micro-batches.js";

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
  network: GpuNetwork,
  stage: ReadyStage,
  batch: Checked<Batch | LabelledBatch>,
  flags: StepFlags,
  { reads = [], finish }: { readonly reads?: readonly WantedRead[]; readonly finish?: Finish } = {},
): Promise<readonly (readonly PendingRead[])[]> {
  const source: InputSource = "input" in batch ? "floats" : "images";
  const input = await stage.input(source);
  const { device } = network.context;
  const { count } = batch;
  const parts = microBatches(count, network.microBatchSize);
  writeStepUniforms(network, parts, count, flags);
  return parts.map((part, index) => {
    upload(network, batch, part);
    const encoder = device.createCommandEncoder();
    const last = index === parts.length - 1;
    encodePart(encoder, programsOf(stage, input, index), part, index, last ? finish : undefined);
    const pending = reads.map(({ buffer, imageBytes }) =>
      encodeRead(network.context, encoder, buffer, imageBytes * part.imageCount),
    );
    device.queue.submit([encoder.finish()]);
    return pending;
  });
}

/** Runs a stage on images of the data set on the device: one upload of indices, one command buffer. */
export async function runIndices(
  network: GpuNetwork,
  stage: ReadyStage,
  indices: Uint32Array,
  flags: StepFlags,
  finish: Finish,
): Promise<void> {
  const input = await stage.input("dataset");
  const { device } = network.context;
  const parts = microBatches(indices.length, network.microBatchSize);
  writeStepUniforms(network, parts, indices.length, flags);
  writeBytes(device, bufferOf(network, "indices"), indices);
  const encoder = device.createCommandEncoder();
  parts.forEach((part, index) => {
    const last = index === parts.length - 1;
    encodePart(encoder, programsOf(stage, input, index), part, index, last ? finish : undefined);
  });
  device.queue.submit([encoder.finish()]);
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
  network: GpuNetwork,
  parts: readonly MicroBatch[],
  count: number,
  flags: StepFlags,
): void {
  const entries = parts.map((part, index) => ({
    ...flags,
    ...part,
    batchSize: count,
    gradientScale: network.gradientScale(count),
    accumulate: index > 0,
  }));
  network.context.device.queue.writeBuffer(network.stepUniforms, 0, packStepUniforms(entries));
}

function upload(network: GpuNetwork, batch: Checked<Batch | LabelledBatch>, part: MicroBatch): void {
  const { device } = network.context;
  const end = part.firstImage + part.imageCount;
  if ("input" in batch) {
    const length = batch.input.data.length / batch.count;
    const floats = batch.input.data.subarray(part.firstImage * length, end * length);
    writeBytes(device, bufferOf(network, "floats"), asFloat32(floats));
  } else {
    const length = batch.images.length / batch.count;
    const bytes = batch.images.subarray(part.firstImage * length, end * length);
    writeBytes(device, bufferOf(network, "images"), bytes);
  }
  if (!("labels" in batch)) return;
  const labels = Uint32Array.from(batch.labels.subarray(part.firstImage, end));
  writeBytes(device, bufferOf(network, "labels"), labels);
}

function asFloat32(floats: Float32Array | Float64Array): Float32Array {
  return floats instanceof Float32Array ? floats : Float32Array.from(floats);
}

function bufferOf({ persistent }: GpuNetwork, name: PersistentBufferName): GPUBuffer {
  return present(persistent.buffers[name], `the buffer of ${name}`);
}
