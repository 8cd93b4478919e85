import { storageBuffer, writeBytes } from "../device/buffers.js";
import type { PersistentBufferName } from "./command.js";

/** A model's buffers that outlive its programs, made when they are first asked for. */
export class PersistentBuffers {
  readonly buffers: Partial<Record<PersistentBufferName, GPUBuffer>> = {};
  readonly #device: GPUDevice;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** The buffer of that name, zeros when it is new. Units: bytes. */
  ensure(name: PersistentBufferName, sizeBytes: number): GPUBuffer {
    const known = this.buffers[name];
    if (known !== undefined) return known;
    const buffer = storageBuffer(this.#device, name, sizeBytes);
    this.buffers[name] = buffer;
    return buffer;
  }

  /** The buffer of that name, filled with `data` when it is new. */
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

  /** Frees one buffer. */
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
