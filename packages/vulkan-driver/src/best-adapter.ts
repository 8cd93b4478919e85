import type { Device } from "@nin/backend";
import type { AdapterDescription } from "./adapter.js";
import { listAdapters } from "./drivers.js";

/** What WebGPU computes on where no adapter is named: the first of `listAdapters` that can be used here. */
export function bestAdapter(): AdapterDescription | undefined {
  return listAdapters().find(({ available }) => available);
}

/**
 * WebGPU on the best adapter as one device, for a backend that leaves the choice of an adapter to its runtime; where there
 * is none, with every adapter's reason.
 */
export function webGpuDevice(): Device {
  const best = bestAdapter();
  if (best !== undefined) return { ...best, id: "webgpu" };
  const reasons = listAdapters().map(({ name, reason }) => `${name}: ${reason}`);
  return { id: "webgpu", name: "WebGPU", available: false, reason: reasons.join("; ") };
}
