import { type Precision, UnsupportedError } from "@nin/backend";
import type { AdapterTraits } from "../device/adapter-traits.js";
import { BACKEND } from "../device/gpu-context.js";
import { type MatmulKernel, matmulKernels } from "../kernels/matmul/matmul.js";

/** Kernels to use instead of an adapter's own. */
export interface KernelChoice {
  /** Name of a `ProductKernel` that the adapter can run. */
  readonly matmul: string;
  /** The least channels for which a convolution is computed by Winograd's transforms; Infinity: never. */
  readonly winogradChannels: number;
}

/** How one convolution is computed. */
export interface LayerKernels {
  readonly matmul: MatmulKernel;
  readonly winogradChannels: number;
}

/** With fewer channels the matrix products cost less than the transforms. */
const WINOGRAD_CHANNELS = 32;

/**
 * The kernels that are likely to be the fastest on an adapter of this kind, or those asked for.
 *
 * @throws `UnsupportedError` for a precision or kernels that the adapter cannot run.
 */
export function defaultKernels(
  traits: AdapterTraits,
  precision: Precision,
  { matmul, winogradChannels }: Partial<KernelChoice> = {},
): LayerKernels {
  const able = matmulKernels(traits, precision);
  const [likely] = able;
  if (likely === undefined) {
    throw new UnsupportedError(BACKEND, `precision mixed on ${traits.name}, which lacks shader-f16,`, "f32");
  }
  const chosen = matmul === undefined ? likely : able.find(({ name }) => name === matmul);
  if (chosen === undefined) {
    throw new UnsupportedError(BACKEND, `kernel ${matmul}`, able.map(({ name }) => name).join(", "));
  }
  // f16 factors would lose in the transforms what they gain.
  const least = precision === "mixed" ? Number.POSITIVE_INFINITY : WINOGRAD_CHANNELS;
  return { matmul: chosen, winogradChannels: winogradChannels ?? least };
}

/** For a person, and to be compared: `tiles-128, winograd from 32 channels`. */
export function kernelsName({ matmul, winogradChannels }: LayerKernels): string {
  return Number.isFinite(winogradChannels)
    ? `${matmul.name}, winograd from ${winogradChannels} channels`
    : matmul.name;
}
