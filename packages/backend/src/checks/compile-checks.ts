import { type Architecture, perChannel } from "@nin/spec";
import type {
  CompileOptions,
  ConvolutionArithmetic,
  Device,
  ImageFormat,
  Precision,
} from "../contract/backend.js";
import { DeviceUnavailableError, UnsupportedError } from "../contract/errors.js";

/** The largest batch of a model that was compiled without `maxBatch`. Units: images. */
export const DEFAULT_MAX_BATCH = 128;

/** What a backend can compile for, for checking what it is asked. */
export interface CompileLimits {
  /** The backend's id, for the error. */
  readonly backend: string;
  /** The ids of its devices, usable here or not. */
  readonly devices: readonly string[];
  /** `f32` alone by default. */
  readonly precisions?: readonly Precision[];
  /** `exact` alone by default. */
  readonly convolutions?: readonly ConvolutionArithmetic[];
  /** The largest `threads`; without it any positive integer is taken, for a backend that does not heed them. */
  readonly mostThreads?: number;
  /** What limits them, for the error; the machine by default. */
  readonly threadsLimit?: string;
}

/**
 * @throws `UnsupportedError` for a device, precision or arithmetic of convolutions that the backend does not have, a `maxBatch` that is
 * no positive integer, `threads` that are no positive integer or more than the machine can use, and images of
 * channels that are neither 1 nor the network's; `SpecError` for a mean or deviation of another number of
 * channels.
 */
export function checkCompileOptions(
  architecture: Architecture,
  options: CompileOptions,
  { backend, devices, precisions = ["f32"], convolutions = ["exact"], ...limits }: CompileLimits,
): void {
  const { device, precision = "f32", convolution = "exact", maxBatch = DEFAULT_MAX_BATCH, threads } = options;
  if (device !== undefined && !devices.includes(device)) {
    throw new UnsupportedError(backend, `device ${device}`, oneOf(devices));
  }
  if (!precisions.includes(precision)) {
    throw new UnsupportedError(backend, `precision ${precision}`, oneOf(precisions));
  }
  if (!convolutions.includes(convolution)) {
    throw new UnsupportedError(backend, `convolution ${convolution}`, oneOf(convolutions));
  }
  if (!Number.isInteger(maxBatch) || maxBatch < 1) {
    throw new UnsupportedError(backend, `maxBatch ${maxBatch}`, "a positive integer");
  }
  if (threads !== undefined) checkThreads(threads, backend, limits.mostThreads, limits.threadsLimit);
  if (options.imageFormat !== undefined)
    checkImageFormat(options.imageFormat, architecture.input.channels, backend);
}

/**
 * The id of the device to compile for: the one that is wanted, else the first that can be used.
 *
 * @throws `DeviceUnavailableError` with the reason of the one, or of all.
 */
export function chooseDevice(
  backend: string,
  devices: readonly Device[],
  wanted: string | undefined,
): string {
  const chosen = devices.find(({ id, available }) => (wanted === undefined ? available : id === wanted));
  if (chosen?.available === true) return chosen.id;
  const reasons = devices.map(({ id, reason }) => `${id}: ${reason}`).join("; ");
  const ids = devices.map(({ id }) => id).join(", ");
  throw new DeviceUnavailableError(backend, wanted ?? ids, chosen?.reason ?? reasons);
}

function checkThreads(
  threads: number,
  backend: string,
  most = Number.MAX_SAFE_INTEGER,
  limit = "four for each thread that can run at once on this machine",
): void {
  if (!Number.isSafeInteger(threads) || threads < 1) {
    throw new UnsupportedError(backend, `threads ${threads}`, "a positive integer");
  }
  if (threads > most) {
    throw new UnsupportedError(backend, `threads ${threads}`, `at most ${most}, ${limit}`);
  }
}

function checkImageFormat({ channels, preprocessing }: ImageFormat, own: number, backend: string): void {
  if (channels !== 1 && channels !== own) {
    const expected = own === 1 ? "1" : `1 or ${own}`;
    throw new UnsupportedError(backend, `images of ${channels} channels`, expected);
  }
  perChannel(preprocessing.mean, own, "preprocessing.mean");
  perChannel(preprocessing.std, own, "preprocessing.std");
}

function oneOf(names: readonly string[]): string {
  return names.length === 1 ? names.join() : `one of ${names.join(", ")}`;
}
