import { BUFFER_USAGE } from "../device/buffer-usage.js";
import type { PersistentBufferName } from "./command.js";

/** A model's buffers that outlive its programs, made when they are first asked for. */
export class PersistentBuffers {
  readonly buffers: Partial<Record<PersistentBufferName, GPUBuffer>> = {};
  readonly #device: GPUDevice;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** The region's buffer, zeros when it is new. Units: bytes. */
  ensure(name: PersistentBufferName, sizeBytes: number): GPUBuffer {
    const known = this.buffers[name];
    if (known !== undefined) return known;
    const buffer = storageBuffer(this.#device, name, sizeBytes);
    this.buffers[name] = buffer;
    return buffer;
  }

  /** The region's buffer, filled with `data` when it is new. */
  ensureFilled(
    name: PersistentBufferName,
    data: Uint32Array | Int32Array | Float32Array | Uint8Array,
  ): GPUBuffer {
    const known = this.buffers[name];
    if (known !== undefined) return known;
    const buffer = this.ensure(name, data.byteLength);
    writeBytes(this.#device, buffer, data);
    return buffer;
  }

  /** Frees one region. */
  release(name: PersistentBufferName): void {
    this.buffers[name]?.destroy();
    delete this.buffers[name];
  }

  dispose(): void {
    for (const buffer of Object.values(this.buffers)) buffer.destroy();
  }

  get sizeBytes(): number {
    return Object.values(this.buffers).reduce((sum, { size }) => sum + size, 0);
  }
}

/** A buffer that kernels read and write, zeros, a multiple of 16 bytes long. */
export function storageBuffer(device: GPUDevice, label: string, sizeBytes: number): GPUBuffer {
  const usage = BUFFER_USAGE.storage | BUFFER_USAGE.copySource | BUFFER_USAGE.copyTarget;
  return device.createBuffer({ label, size: Math.max(16, Math.ceil(sizeBytes / 16) * 16), usage });
}

/** Memory shared between threads, which WebGPU does not take, is copied so much at a time. Units: bytes. */
const CHUNK_BYTES = 4 * 2 ** 20;

/** Writes from the buffer's beginning; WebGPU writes whole words only. */
export function writeBytes(device: GPUDevice, buffer: GPUBuffer, data: ArrayBufferView): void {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const whole = bytes.length - (bytes.length % 4);
  if (bytes.buffer instanceof ArrayBuffer) {
    if (whole > 0) device.queue.writeBuffer(buffer, 0, bytes.buffer, bytes.byteOffset, whole);
  } else {
    for (let start = 0; start < whole; start += CHUNK_BYTES) {
      device.queue.writeBuffer(buffer, start, bytes.slice(start, Math.min(start + CHUNK_BYTES, whole)));
    }
  }
  if (whole === bytes.length) return;
  const rest = new Uint8Array(4);
  rest.set(bytes.subarray(whole));
  device.queue.writeBuffer(buffer, whole, rest);
}
