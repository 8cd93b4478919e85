import type { Precision } from "@nin/backend";
import type { AdapterTraits } from "../device/adapter-traits.js";
import { type ProductKernel, plainProducts, productKernels } from "../kernels/products.js";
import type { ConvolveOptions } from "../layers/convolve.js";
import { winogradExtent } from "../layers/convolve-winograd.js";
import type { LayerKernels } from "../runtime/kernel-choice.js";

/** One way to compute a convolution. */
export interface Candidate {
  /** The product kernel's name, with `winograd` where it is by transforms. */
  readonly name: string;
  readonly kernels: LayerKernels;
}

/** The ways to compute a convolution that are worth timing on an adapter, the likely one first. */
export function candidatesOf(
  layer: ConvolveOptions,
  traits: AdapterTraits,
  { precision, likely }: { readonly precision: Precision; readonly likely: LayerKernels },
): readonly Candidate[] {
  const products = timedProducts(traits, precision);
  const ways =
    winogradExtent(layer, likely.winogradChannels) !== undefined
      ? [likely.winogradChannels, Number.POSITIVE_INFINITY]
      : [Number.POSITIVE_INFINITY];
  return products.flatMap((kernel) =>
    ways.map((winogradChannels) => ({
      name: Number.isFinite(winogradChannels) ? `${kernel.name} winograd` : kernel.name,
      kernels: { products: kernel, winogradChannels },
    })),
  );
}

/** On a CPU it is known which of them is the fastest, in f32; a card has no use for one without workgroup memory. */
function timedProducts(traits: AdapterTraits, precision: Precision): readonly ProductKernel[] {
  const able = productKernels(traits, precision);
  if (traits.software && precision === "f32") return able.slice(0, 1);
  return able.filter((kernel) => kernel !== plainProducts);
}
