import type { GpuContext } from "./gpu-context.js";
import { roundUp } from "./uniform-struct.js";

/** `GPUBufferUsage`'s bits, fixed by WebGPU; the object is no global in Node. */
export const BUFFER_USAGE = {
  mapRead: 0x0001,
  copySource: 0x0004,
  copyTarget: 0x0008,
  uniform: 0x0040,
  storage: 0x0080,
  queryResolve: 0x0200,
} as const;

/** `GPUMapMode.READ`. */
export const MAP_READ = 1;

/** Storage buffers are made of whole `vec4`s. Units: bytes. */
export const STORAGE_MULTIPLE_BYTES = 16;

/** WebGPU writes whole words. */
const WORD_BYTES = 4;

/** What a uniform binding's offset must be a multiple of, by WebGPU's default limits. Units: bytes. */
export const UNIFORM_ALIGNMENT_BYTES = 256;

/** A buffer that kernels read and write, zeros at first; its length is rounded up to whole `vec4`s. */
export function storageBuffer(device: GPUDevice, label: string, sizeBytes: number): GPUBuffer {
  const usage = BUFFER_USAGE.storage | BUFFER_USAGE.copySource | BUFFER_USAGE.copyTarget;
  return device.createBuffer({
    label,
    size: Math.max(STORAGE_MULTIPLE_BYTES, roundUp(sizeBytes, STORAGE_MULTIPLE_BYTES)),
    usage,
  });
}

/** WebGPU takes no memory that threads share: it is copied in pieces of this size. Units: bytes. */
const CHUNK_BYTES = 4 * 2 ** 20;

/** Writes from the buffer's beginning; WebGPU writes whole words only. */
export function writeBytes(device: GPUDevice, buffer: GPUBuffer, data: ArrayBufferView): void {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const whole = bytes.length - (bytes.length % WORD_BYTES);
  if (bytes.buffer instanceof ArrayBuffer) {
    if (whole > 0) device.queue.writeBuffer(buffer, 0, bytes.buffer, bytes.byteOffset, whole);
  } else {
    for (let start = 0; start < whole; start += CHUNK_BYTES) {
      device.queue.writeBuffer(buffer, start, bytes.slice(start, Math.min(start + CHUNK_BYTES, whole)));
    }
  }
  if (whole === bytes.length) return;
  const rest = new Uint8Array(WORD_BYTES);
  rest.set(bytes.subarray(whole));
  device.queue.writeBuffer(buffer, whole, rest);
}

/** A copy of part of a buffer on its way to the host. */
export interface PendingRead {
  /**
   * Waits for the device.
   *
   * @throws `DeviceLostError`.
   */
  take(): Promise<ArrayBuffer>;
  /** Frees a copy that nobody takes. */
  drop(): void;
}

/** Encodes a copy; its bytes are those at this point of the encoder's commands. */
export function encodeRead(
  context: GpuContext,
  encoder: GPUCommandEncoder,
  source: GPUBuffer,
  sizeBytes: number,
): PendingRead {
  const usage = BUFFER_USAGE.mapRead | BUFFER_USAGE.copyTarget;
  const target = context.device.createBuffer({ label: `read ${source.label}`, size: sizeBytes, usage });
  encoder.copyBufferToBuffer(source, 0, target, 0, sizeBytes);
  return {
    async take() {
      try {
        await target.mapAsync(MAP_READ);
        return target.getMappedRange().slice(0);
      } catch (error) {
        await context.settleLoss();
        context.throwFailure();
        throw error;
      } finally {
        target.destroy();
      }
    },
    drop: () => target.destroy(),
  };
}

/** Reads a buffer after all that was submitted. */
export async function readBuffer(
  context: GpuContext,
  source: GPUBuffer,
  sizeBytes: number,
): Promise<ArrayBuffer> {
  const encoder = context.device.createCommandEncoder();
  const read = encodeRead(context, encoder, source, sizeBytes);
  context.device.queue.submit([encoder.finish()]);
  return read.take();
}
