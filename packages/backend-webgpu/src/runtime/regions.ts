import { BUFFER_USAGE } from "../device/buffer-usage.js";
import type { RegionName } from "./command.js";

/** A model's buffers that outlive its programs, made when they are first asked for. */
export class Regions {
  readonly buffers: Partial<Record<RegionName, GPUBuffer>> = {};
  readonly #device: GPUDevice;

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** The region's buffer, zeros when it is new. Units: bytes. */
  ensure(name: RegionName, sizeBytes: number): GPUBuffer {
    const known = this.buffers[name];
    if (known !== undefined) return known;
    const buffer = storageBuffer(this.#device, name, sizeBytes);
    this.buffers[name] = buffer;
    return buffer;
  }

  /** The region's buffer, filled with `data` when it is new. */
  ensureFilled(name: RegionName, data: Uint32Array | Int32Array | Float32Array | Uint8Array): GPUBuffer {
    const known = this.buffers[name];
    if (known !== undefined) return known;
    const buffer = this.ensure(name, data.byteLength);
    writeBytes(this.#device, buffer, data);
    return buffer;
  }

  /** Frees one region. */
  release(name: RegionName): void {
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

/** Writes from the buffer's beginning; WebGPU writes whole words only. */
export function writeBytes(device: GPUDevice, buffer: GPUBuffer, data: ArrayBufferView): void {
  const { buffer: source, byteOffset, byteLength } = data;
  const whole = byteLength - (byteLength % 4);
  if (whole > 0) device.queue.writeBuffer(buffer, 0, source, byteOffset, whole);
  if (whole === byteLength) return;
  const rest = new Uint8Array(4);
  rest.set(new Uint8Array(source, byteOffset + whole, byteLength - whole));
  device.queue.writeBuffer(buffer, whole, rest);
}
