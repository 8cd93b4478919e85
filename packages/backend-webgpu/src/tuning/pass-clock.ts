import { present } from "@nin/spec";
import { BUFFER_USAGE, encodeRead, type PendingRead } from "../device/buffers.js";
import type { GpuContext } from "../device/gpu-context.js";

/** The device's own clock: when a pass began and ended, without the time between host and device. */
export interface PassClock {
  /** For the pass's descriptor. */
  readonly timestampWrites: GPUComputePassTimestampWrites;
  /** Encodes the reading, after the pass. */
  encodeReading(encoder: GPUCommandEncoder): PendingRead;
  dispose(): void;
}

/** Two timestamps, of the pass's beginning and its end. */
const READING_BYTES = 2 * BigUint64Array.BYTES_PER_ELEMENT;

/** A clock; undefined where the device has none. */
export function passClock(context: GpuContext): PassClock | undefined {
  const { device } = context;
  if (!device.features.has("timestamp-query")) return undefined;
  const querySet = device.createQuerySet({ label: "clock", type: "timestamp", count: 2 });
  const usage = BUFFER_USAGE.queryResolve | BUFFER_USAGE.copySource;
  const resolved = device.createBuffer({ label: "clock", size: READING_BYTES, usage });
  return {
    timestampWrites: { querySet, beginningOfPassWriteIndex: 0, endOfPassWriteIndex: 1 },
    encodeReading(encoder) {
      encoder.resolveQuerySet(querySet, 0, 2, resolved, 0);
      return encodeRead(context, encoder, resolved, READING_BYTES);
    },
    dispose() {
      querySet.destroy();
      resolved.destroy();
    },
  };
}

/** The time between the two timestamps of a reading. Units: ms. */
export async function passMs(reading: PendingRead): Promise<number> {
  const stamps = new BigUint64Array(await reading.take());
  return Number(present(stamps[1]) - present(stamps[0])) / 1e6;
}
