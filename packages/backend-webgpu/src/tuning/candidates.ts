import type { Precision } from "@nin/backend";
import type { AdapterTraits } from "../device/adapter-traits.js";
import { productKernels } from "../kernels/products.js";
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
  const products = productKernels(traits, precision).filter(({ name }) => isWorthTiming(name, traits));
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

/** A CPU gains nothing from workgroup memory, and nothing is gained without it on a card, or without subgroups. */
function isWorthTiming(name: string, { software, subgroups }: AdapterTraits): boolean {
  return software
    ? name !== (subgroups ? "registers" : "subgroups") && !name.startsWith("tiles")
    : name !== "registers";
}
