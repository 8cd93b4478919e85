import type { Precision } from "@nin/backend";
import type { AdapterTraits } from "../device/adapter-traits.js";
import { type MatmulKernel, matmulKernels, plainMatmul } from "../kernels/matmul/matmul.js";
import type { ConvolveOptions } from "../layers/convolve.js";
import { winogradExtent } from "../layers/convolve-winograd.js";
import { defaultKernels, type LayerKernels } from "../layers/kernel-choice.js";

/** One way to compute a convolution. */
export interface Candidate {
  /** The matmul kernel's name, followed by `winograd` where it is by transforms. */
  readonly name: string;
  readonly kernels: LayerKernels;
}

/** The ways to compute a convolution that are worth timing on an adapter, the default first. */
export function candidatesOf(
  layer: ConvolveOptions,
  traits: AdapterTraits,
  { precision, likely }: { readonly precision: Precision; readonly likely: LayerKernels },
): readonly Candidate[] {
  return precisionsOf(traits, precision).flatMap((each) => {
    const { winogradChannels } = each === precision ? likely : defaultKernels(traits, each);
    return waysOf(layer, timedMatmulKernels(traits, each), winogradChannels);
  });
}

/** Every matmul kernel that a search on an adapter may choose. */
export function searchedMatmulKernels(traits: AdapterTraits, precision: Precision): readonly MatmulKernel[] {
  return precisionsOf(traits, precision).flatMap((each) => matmulKernels(traits, each));
}

/**
 * Mixed precision lets factors be f16, and does not ask for it: with Winograd's transforms, which only f32 bears,
 * a large window takes a fraction of the multiplications. A software adapter's search would take twice as long for it.
 */
function precisionsOf({ software }: AdapterTraits, precision: Precision): readonly Precision[] {
  return precision === "mixed" && !software ? ["mixed", "f32"] : [precision];
}

function waysOf(
  layer: ConvolveOptions,
  matmul: readonly MatmulKernel[],
  likelyChannels: number,
): readonly Candidate[] {
  const ways =
    winogradExtent(layer, likelyChannels) !== undefined
      ? [likelyChannels, Number.POSITIVE_INFINITY]
      : [Number.POSITIVE_INFINITY];
  return matmul.flatMap((kernel) =>
    ways.map((winogradChannels) => ({
      name: Number.isFinite(winogradChannels) ? `${kernel.name} winograd` : kernel.name,
      kernels: { matmul: kernel, winogradChannels },
    })),
  );
}

/** On a CPU the fastest in f32 is known; a GPU has no use for a kernel without workgroup memory. */
function timedMatmulKernels(traits: AdapterTraits, precision: Precision): readonly MatmulKernel[] {
  const able = matmulKernels(traits, precision);
  if (traits.software && precision === "f32") return able.slice(0, 1);
  return able.filter((kernel) => kernel !== plainMatmul);
}
