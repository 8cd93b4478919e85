import { availableParallelism } from "node:os";
import { type CompileOptions, type ImageFormat, UnsupportedError } from "@nin/backend";
import { type Architecture, perChannel } from "@nin/spec";
import type { DeviceId, EngineOptions } from "./runtime/protocol.js";

export const BACKEND_ID = "onnxruntime";

const DEFAULT_MAX_BATCH = 128;
const DEVICE_IDS: readonly DeviceId[] = ["cpu", "webgpu", "cuda"];

/**
 * The options with every default filled in.
 *
 * Throws: `UnsupportedError`; `SpecError` for a mean or deviation of other channels than the network's.
 */
export function engineOptions(architecture: Architecture, options: CompileOptions): EngineOptions {
  const { device = "cpu", precision = "f32", maxBatch = DEFAULT_MAX_BATCH, images } = options;
  const { threads = availableParallelism() } = options;
  const known = DEVICE_IDS.find((id) => id === device);
  if (known === undefined) {
    throw new UnsupportedError(BACKEND_ID, `device ${device}`, `one of ${DEVICE_IDS.join(", ")}`);
  }
  if (precision !== "f32") throw new UnsupportedError(BACKEND_ID, `precision ${precision}`, "f32");
  requirePositive("maxBatch", maxBatch);
  requirePositive("threads", threads);
  if (images !== undefined) requireImages(images, architecture.input.channels);
  return { architecture, device: known, maxBatch, threads, ...(images === undefined ? {} : { images }) };
}

function requirePositive(name: string, value: number): void {
  if (Number.isInteger(value) && value > 0) return;
  throw new UnsupportedError(BACKEND_ID, `${name} ${value}`, "a positive integer");
}

function requireImages({ channels, preprocessing }: ImageFormat, networkChannels: number): void {
  if (channels !== 1 && channels !== networkChannels) {
    throw new UnsupportedError(BACKEND_ID, `images of ${channels} channels`, `1 or ${networkChannels}`);
  }
  perChannel(preprocessing.mean, networkChannels, "preprocessing.mean");
  perChannel(preprocessing.std, networkChannels, "preprocessing.std");
}
