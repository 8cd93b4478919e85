import { type Precision, UnsupportedError } from "@nin/backend";
import type { AdapterTraits } from "../device/adapter-traits.js";
import { BACKEND } from "../device/gpu-context.js";
import { type ProductKernel, productKernels } from "../kernels/matmul/matmul.js";

/** Kernels to use instead of an adapter's own. */
export interface KernelChoice {
  /** Name of a `ProductKernel` that the adapter can run. */
  readonly products: string;
  /** The least channels for which a convolution is computed by Winograd's transforms; Infinity: never. */
  readonly winogradChannels: number;
}

/** How one convolution is computed. */
export interface LayerKernels {
  readonly products: ProductKernel;
  readonly winogradChannels: number;
}

/** Fewer channels make the products cheaper than the transforms. */
const WINOGRAD_CHANNELS = 32;

/**
 * The fastest kernels for an adapter as far as its kind tells, or those asked for.
 *
 * Throws: `UnsupportedError` for a precision or kernels that the adapter cannot run.
 */
export function defaultKernels(
  traits: AdapterTraits,
  precision: Precision,
  { products, winogradChannels }: Partial<KernelChoice> = {},
): LayerKernels {
  const able = productKernels(traits, precision);
  const [likely] = able;
  if (likely === undefined) {
    throw new UnsupportedError(BACKEND, `precision mixed on ${traits.name}, which lacks shader-f16,`, "f32");
  }
  const chosen = products === undefined ? likely : able.find(({ name }) => name === products);
  if (chosen === undefined) {
    throw new UnsupportedError(BACKEND, `kernel ${products}`, able.map(({ name }) => name).join(", "));
  }
  // f16 factors would lose in the transforms what they gain.
  const least = precision === "mixed" ? Number.POSITIVE_INFINITY : WINOGRAD_CHANNELS;
  return { products: chosen, winogradChannels: winogradChannels ?? least };
}

/** For a person, and to be compared: `tiles-128, winograd from 32 channels`. */
export function kernelsName({ products, winogradChannels }: LayerKernels): string {
  return Number.isFinite(winogradChannels)
    ? `${products.name}, winograd from ${winogradChannels} channels`
    : products.name;
}
