import { BUFFER_USAGE, MAP_READ } from "./buffer-usage.js";
import type { GpuContext } from "./gpu-context.js";

/** A copy of part of a buffer on its way to the host. */
export interface PendingRead {
  /** Waits for the device. Throws: `DeviceLostError`. */
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
