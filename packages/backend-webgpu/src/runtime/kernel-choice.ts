import type { AdapterTraits } from "../device/adapter-traits.js";

/** Which of the kernels that give the same result are used. */
export interface KernelChoice {
  /** Convolutions whose lanes share loads among a subgroup. */
  readonly subgroups: boolean;
  /** The least channels for which a convolution is computed by Winograd's transforms; Infinity: never. */
  readonly winogradChannels: number;
}

/** Fewer channels make the products cheaper than the transforms. */
const WINOGRAD_CHANNELS = 32;

/** The fastest kernels for an adapter, as far as its kind tells. */
export function defaultKernels({ subgroups }: AdapterTraits): KernelChoice {
  return { subgroups, winogradChannels: WINOGRAD_CHANNELS };
}
