import type { AdapterDescription } from "./adapter.js";
import { listAdapters } from "./drivers.js";

/** What WebGPU computes on where no adapter is named: the first of `listAdapters` that can be used here. */
export function bestAdapter(): AdapterDescription | undefined {
  return listAdapters().find(({ available }) => available);
}

/** WebGPU on the best adapter as one device; where there is none, with every adapter's reason. */
export interface WebGpuDevice {
  readonly id: "webgpu";
  readonly name: string;
  readonly available: boolean;
  readonly reason?: string;
}

/** For a backend that leaves the choice of an adapter to its runtime. */
export function webGpuDevice(): WebGpuDevice {
  const best = bestAdapter();
  if (best !== undefined) return { id: "webgpu", name: best.name, available: true };
  const reasons = listAdapters().map(({ name, reason }) => `${name}: ${reason}`);
  return { id: "webgpu", name: "WebGPU", available: false, reason: reasons.join("; ") };
}
