import type { Precision } from "@nin/backend";
import { present } from "@nin/spec";
import type { GpuContext } from "../device/gpu-context.js";
import { imageTransformKernels } from "../kernels/winograd/image-transforms.js";
import { weightTransformKernels } from "../kernels/winograd/weight-transforms.js";
import type { ConvolveOptions } from "../layers/convolve.js";
import type { LayerKernels } from "../layers/kernel-choice.js";
import type { Value } from "../layers/value.js";
import { type Candidate, candidatesOf, searchedMatmulKernels } from "./candidates.js";
import { tuneLayers } from "./tune-layers.js";
import type { TunedConvolution, TuningStore } from "./tuned-layer.js";

/** What is tuned, and for what. */
export interface TuningRequest {
  readonly precision: Precision;
  readonly likely: LayerKernels;
  readonly microBatchSize: number;
  readonly layers: ReadonlyMap<string, ConvolveOptions>;
}

/** A convolution as far as its fastest kernels depend on it. */
export type ShapedLayer = Pick<ConvolveOptions, "input" | "output" | "kernelSize" | "stride" | "padding">;

/** Its name among tuned ones: `4 x 96x26x26 to 256x26x26 by 5x5/1x1+2x2`, window, stride and padding last. */
export function layerKey(
  { input, output, kernelSize, stride, padding }: ShapedLayer,
  microBatchSize: number,
): string {
  const window = `${kernelSize.join("x")}/${stride.join("x")}+${padding.join("x")}`;
  return `${microBatchSize} x ${extents(input)} to ${extents(output)} by ${window}`;
}

function extents({ channels, height, width }: Pick<Value, "channels" | "height" | "width">): string {
  return `${channels}x${height}x${width}`;
}

/** Multiplications of a micro-batch below which it does not matter how a convolution is computed. */
const LEAST_MULTIPLICATIONS = 2 ** 26;

/** The longest search. Units: ms. */
const BUDGET_MS = { software: 10_000, hardware: 60_000 } as const;

/** The fastest kernels of each convolution that is large enough to matter: known ones, or found by a search now. */
export async function tunedKernels(
  context: GpuContext,
  store: TuningStore,
  request: TuningRequest,
): Promise<ReadonlyMap<string, LayerKernels>> {
  const large = new Map([...request.layers].filter(([, layer]) => isLarge(layer, request.microBatchSize)));
  if (large.size === 0) return new Map();
  const { traits } = context;
  const name = await recordName(context, request.precision);
  const candidates: CandidatesOf = (layer) => candidatesOf(layer, traits, request);
  const known = stillPossible((await store.load(name))?.layers ?? [], large, candidates);
  const names = new Set(known.map(({ layer }) => layer));
  const missing = new Map([...large].filter(([key]) => !names.has(key)));
  const budgetMs = BUDGET_MS[traits.software ? "software" : "hardware"];
  const found = missing.size === 0 ? [] : await tuneLayers(context, missing, { ...request, budgetMs });
  const tuned = [...known, ...found];
  if (found.length > 0) {
    await store.save(name, { adapter: traits.name, precision: request.precision, layers: tuned });
  }
  return chosenKernels(tuned, large, candidates);
}

type CandidatesOf = (layer: ConvolveOptions) => readonly Candidate[];

/**
 * The choices of a record that can still be made: one that names a kernel which there is no more, or which has another
 * name now, is forgotten, and its layer searched anew. Those of layers that are not in `layers` stay as they are.
 */
export function stillPossible(
  tuned: readonly TunedConvolution[],
  layers: ReadonlyMap<string, ConvolveOptions>,
  candidates: CandidatesOf,
): readonly TunedConvolution[] {
  return tuned.filter(({ layer: key, chosen }) => {
    const layer = layers.get(key);
    return layer === undefined || candidates(layer).some(({ name }) => name === chosen);
  });
}

function chosenKernels(
  tuned: readonly TunedConvolution[],
  layers: ReadonlyMap<string, ConvolveOptions>,
  candidates: CandidatesOf,
): ReadonlyMap<string, LayerKernels> {
  const kernels = new Map<string, LayerKernels>();
  for (const { layer: key, chosen } of tuned) {
    const layer = layers.get(key);
    if (layer === undefined) continue;
    const candidate = candidates(layer).find(({ name }) => name === chosen);
    kernels.set(key, present(candidate, `the candidate ${chosen}`).kernels);
  }
  return kernels;
}

function isLarge({ input, output, kernelSize }: ConvolveOptions, microBatchSize: number): boolean {
  const window = kernelSize[0] * kernelSize[1] * input.channels;
  return microBatchSize * output.height * output.width * output.channels * window >= LEAST_MULTIPLICATIONS;
}

/** Other kernels, another adapter or precision: another record. */
async function recordName({ traits }: GpuContext, precision: Precision): Promise<string> {
  const searched = searchedMatmulKernels(traits, precision).flatMap(({ convolution, weightGradient }) => [
    convolution,
    weightGradient,
  ]);
  const codes = [...searched, ...imageTransformKernels, ...weightTransformKernels].map(({ code }) => code);
  const text = JSON.stringify([traits.name, precision, ...codes]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
