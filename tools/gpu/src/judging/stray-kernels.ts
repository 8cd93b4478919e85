import type { ProfiledKernel } from "@nin/backend-onnxruntime/profiling";

/** The kernels of an operator that ran on another provider than the device's. */
export interface StrayKernels {
  /** `Gather on CPUExecutionProvider`. */
  readonly operator: string;
  readonly count: number;
  /** Whether one of them worked on whole batches. */
  readonly hasBatch: boolean;
  /** The first one's name. */
  readonly example: string;
}

/**
 * The kernels that ran elsewhere than on a provider, once for each operator and place.
 *
 * @param microBatch - a micro-batch's images, a prime that divides no other extent: what has a multiple of it among its
 *   extents has a batch dimension
 */
export function strayKernels(
  kernels: readonly Pick<ProfiledKernel, "name" | "operator" | "provider" | "dims">[],
  provider: string,
  microBatch: number,
): readonly StrayKernels[] {
  const byPlace = new Map<string, StrayKernels>();
  for (const kernel of kernels.filter((each) => each.provider !== provider)) {
    const operator = `${kernel.operator} on ${kernel.provider}`;
    const known = byPlace.get(operator) ?? { operator, count: 0, hasBatch: false, example: kernel.name };
    const hasBatch = known.hasBatch || kernel.dims.some((extent) => extent > 0 && extent % microBatch === 0);
    byPlace.set(operator, { ...known, count: known.count + 1, hasBatch });
  }
  return [...byPlace.values()];
}
