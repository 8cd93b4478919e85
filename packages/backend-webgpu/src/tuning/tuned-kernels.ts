import type { Precision } from "@nin/backend";
import type { GpuContext } from "../device/gpu-context.js";
import { winogradCode } from "../kernels/winograd/winograd.js";
import type { ConvolveOptions } from "../layers/convolve.js";
import type { LayerKernels } from "../layers/kernel-choice.js";
import { candidatesOf, searchedMatmulKernels } from "./candidates.js";
import { tuneLayers } from "./tune-layers.js";
import type { TunedConvolution, TuningStore } from "./tuned-layer.js";

/** What is tuned, and for what. */
export interface TuningRequest {
  readonly precision: Precision;
  readonly likely: LayerKernels;
  readonly microBatchSize: number;
  readonly layers: ReadonlyMap<string, ConvolveOptions>;
}

/** Products of a micro-batch below which it does not matter how a convolution is computed. */
const LEAST_PRODUCTS = 2 ** 26;

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
  const known = (await store.load(name))?.layers ?? [];
  const names = new Set(known.map(({ layer }) => layer));
  const missing = new Map([...large].filter(([key]) => !names.has(key)));
  const budgetMs = BUDGET_MS[traits.software ? "software" : "hardware"];
  const found = missing.size === 0 ? [] : await tuneLayers(context, missing, { ...request, budgetMs });
  const tuned = [...known, ...found];
  if (found.length > 0) {
    await store.save(name, { adapter: traits.name, precision: request.precision, layers: tuned });
  }
  return chosenKernels(tuned, large, (layer) => candidatesOf(layer, traits, request));
}

function chosenKernels(
  tuned: readonly TunedConvolution[],
  layers: ReadonlyMap<string, ConvolveOptions>,
  candidates: (layer: ConvolveOptions) => ReturnType<typeof candidatesOf>,
): ReadonlyMap<string, LayerKernels> {
  const kernels = new Map<string, LayerKernels>();
  for (const { layer: key, chosen } of tuned) {
    const layer = layers.get(key);
    const candidate = layer && candidates(layer).find(({ name }) => name === chosen);
    if (candidate !== undefined) kernels.set(key, candidate.kernels);
  }
  return kernels;
}

function isLarge({ input, output, kernelSize }: ConvolveOptions, microBatchSize: number): boolean {
  const window = kernelSize[0] * kernelSize[1] * input.channels;
  return microBatchSize * output.height * output.width * output.channels * window >= LEAST_PRODUCTS;
}

/** Other kernels, another adapter or precision: another record. */
async function recordName({ traits }: GpuContext, precision: Precision): Promise<string> {
  const codes = searchedMatmulKernels(traits, precision).flatMap(({ convolution, weightGradient }) => [
    convolution.code,
    weightGradient.code,
  ]);
  const text = JSON.stringify([traits.name, precision, ...codes, winogradCode]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return Array.from(new Uint8Array(digest, 0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
