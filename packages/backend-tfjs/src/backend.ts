import {
  type Backend,
  type CompileOptions,
  type Device,
  DeviceUnavailableError,
  type ImageFormat,
  UnsupportedError,
} from "@nin/backend";
import { type Architecture, perChannel } from "@nin/spec";
import { BACKEND_ID } from "./backend-id.js";
import { createTensorFlowModel } from "./model.js";
import type { Runtime } from "./runtime/runtime.js";

/** Where devices come from. */
export interface RuntimeSource {
  /** Every device, usable here or not; the first that is usable is the default. Starts nothing. */
  list(): Promise<readonly Device[]>;
  /** Starts a device, once. Throws: `DeviceUnavailableError`, `UnsupportedError` for `threads`. */
  open(id: string, options: OpenOptions): Promise<Runtime>;
}

export interface OpenOptions {
  /** Of a device that computes on the processor; all cores by default. */
  readonly threads?: number;
}

const DEFAULT_MAX_BATCH = 128;

/** NiN on TensorFlow.js, on the devices of `source`. */
export function createTensorFlowBackend(source: RuntimeSource): Backend {
  return {
    id: BACKEND_ID,
    devices: () => source.list(),
    async compile(architecture, options = {}) {
      const device = await requireSupported(source, architecture, options);
      const { maxBatch = DEFAULT_MAX_BATCH, images, threads } = options;
      const runtime = await source.open(device, threads === undefined ? {} : { threads });
      return createTensorFlowModel(runtime, architecture, {
        maxBatch,
        ...(images === undefined ? {} : { images }),
      });
    },
  };
}

/** The device to use. */
async function requireSupported(
  source: RuntimeSource,
  architecture: Architecture,
  { device, precision = "f32", maxBatch = 1, threads = 1, images }: CompileOptions,
): Promise<string> {
  const devices = await source.list();
  const ids = devices.map(({ id }) => id).join(", ");
  if (device !== undefined && !devices.some(({ id }) => id === device)) {
    throw new UnsupportedError(BACKEND_ID, `device ${device}`, `one of ${ids}`);
  }
  if (precision !== "f32") throw new UnsupportedError(BACKEND_ID, `precision ${precision}`, "f32");
  requirePositive("maxBatch", maxBatch);
  requirePositive("threads", threads);
  if (images !== undefined) requireImages(images, architecture.input.channels);
  const chosen = devices.find(({ id, available }) => (device === undefined ? available : id === device));
  if (chosen === undefined || !chosen.available) {
    const reasons = devices.map(({ id, reason }) => `${id}: ${reason}`).join("; ");
    throw new DeviceUnavailableError(BACKEND_ID, device ?? ids, chosen?.reason ?? reasons);
  }
  return chosen.id;
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
