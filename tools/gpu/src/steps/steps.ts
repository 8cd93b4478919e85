import type { BackendId } from "../options.js";
import type { Step } from "../step.js";

/** The steps of both backends; only the runtime of the backend under test need be installed. */
const SHARED: Readonly<Record<string, () => Promise<Step>>> = {
  backends: async () => (await import("./nin.js")).listBackends,
  conformance: async () => (await import("./nin.js")).conformance,
  "conformance-mixed": async () => (await import("./nin.js")).conformanceMixed,
  "nin-base": async () => (await import("./nin.js")).ninBase,
  "random-architectures": async () => (await import("./nin.js")).randomArchitectures,
  throughput: async () => (await import("./nin.js")).throughput,
  curve: async () => (await import("./curve.js")).curve,
  trajectory: async () => (await import("./curve.js")).trajectory,
  "cpu-comparison": async () => (await import("./cpu-comparison.js")).cpuComparison,
  tf32: async () => (await import("./onnxruntime.js")).tf32,
  placement: async () => (await import("./onnxruntime.js")).placement,
  runs: async () => (await import("./onnxruntime.js")).runs,
  ceilings: async () => (await import("./webgpu.js")).ceilings,
  tuning: async () => (await import("./webgpu.js")).tuning,
  kernels: async () => (await import("./webgpu.js")).kernels,
};

/** A backend's own steps, where they do more. */
const OWN: Readonly<Record<BackendId, typeof SHARED>> = {
  onnxruntime: {},
  webgpu: { backends: async () => (await import("./webgpu.js")).listBackendsAndAdapter },
};

/** The step of a name. */
export async function loadStep(backend: BackendId, name: string): Promise<Step> {
  const load = OWN[backend][name] ?? SHARED[name];
  if (load === undefined) throw new Error(`there is no step ${name}`);
  return load();
}
