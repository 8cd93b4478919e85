import type { AdapterTraits } from "../device/adapter-traits.js";
import type { ProductKernel } from "../kernels/convolution.js";

/** Which of the kernels that give the same result are used. */
export interface KernelChoice {
  readonly products: ProductKernel;
  /** The least channels for which a convolution is computed by Winograd's transforms; Infinity: never. */
  readonly winogradChannels: number;
}

/** Fewer channels make the products cheaper than the transforms. */
const WINOGRAD_CHANNELS = 32;

/** The fastest kernels for an adapter, as far as its kind tells. */
export function defaultKernels({ software, subgroups }: AdapterTraits): KernelChoice {
  const products = software ? (subgroups ? "subgroups" : "registers") : "tiles";
  return { products, winogradChannels: WINOGRAD_CHANNELS };
}
