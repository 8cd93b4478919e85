import type { Backend } from "@nin/backend";
import type { DeviceOptions } from "../case.js";
import { smallArchitecture } from "../networks/small.js";

/**
 * Compiles a small network: a device that lacks the precision is told in one error, not case by case. Float32
 * is what every backend has, and its failure a case's.
 *
 * Throws: `UnsupportedError`; whatever else the backend refuses it with.
 */
export async function checkPrecision(backend: Backend, options: DeviceOptions): Promise<void> {
  const { device, precision = "f32", threads } = options;
  if (precision === "f32") return;
  const model = await backend.compile(smallArchitecture, {
    precision,
    maxBatch: 1,
    ...(device === undefined ? {} : { device }),
    ...(threads === undefined ? {} : { threads }),
  });
  await model.dispose();
}
