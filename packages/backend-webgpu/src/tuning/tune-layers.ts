import type { Precision } from "@nin/backend";
import { at } from "@nin/spec";
import type { GpuContext } from "../device/gpu-context.js";
import { plainMatmul } from "../kernels/matmul/matmul.js";
import type { ConvolveOptions } from "../layers/convolve.js";
import type { LayerKernels } from "../layers/kernel-choice.js";
import { agree } from "./agree.js";
import { type Candidate, candidatesOf } from "./candidates.js";
import { type LayerProgram, linkLayer } from "./layer-program.js";
import { medianTime } from "./median-time.js";
import type { TunedConvolution } from "./tuned-layer.js";

export interface TuningOptions {
  readonly precision: Precision;
  /** What is used without a search. */
  readonly likely: LayerKernels;
  /** Of a micro-batch. */
  readonly microBatchSize: number;
  /** When to leave the other layers as they are. Units: ms. */
  readonly budgetMs: number;
}

/** What every candidate's numbers are compared with. */
const PLAIN: LayerKernels = { matmul: plainMatmul, winogradChannels: Number.POSITIVE_INFINITY };

/**
 * Times the candidates of each convolution, and drops those whose numbers are wrong. When the time is up
 * the default is chosen: a choice once made stays, so that a resumed run is the same run.
 */
export async function tuneLayers(
  context: GpuContext,
  layers: ReadonlyMap<string, ConvolveOptions>,
  options: TuningOptions,
): Promise<readonly TunedConvolution[]> {
  const budget = new Budget(options.budgetMs);
  const tuned: TunedConvolution[] = [];
  for (const [key, layer] of layers) {
    const candidates = candidatesOf(layer, context.traits, options);
    if (candidates.length < 2) continue;
    tuned.push({ layer: key, ...(await tuneLayer(context, layer, candidates, { ...options, budget })) });
  }
  return tuned;
}

/** Times candidates while there is time. */
export async function tuneLayer(
  context: GpuContext,
  layer: ConvolveOptions,
  candidates: readonly Candidate[],
  {
    precision,
    microBatchSize,
    budget,
  }: Pick<TuningOptions, "precision" | "microBatchSize"> & { readonly budget: Budget },
): Promise<Omit<TunedConvolution, "layer">> {
  const times: Record<string, number | null> = {};
  let chosen = at(candidates, 0).name;
  let shortestMs = Number.POSITIVE_INFINITY;
  const expected = await budget.spend(() => resultsOf(context, layer, PLAIN));
  if (expected === undefined) return { chosen, times };
  for (const { name, kernels } of candidates) {
    const timed = await budget.spend(async () => {
      const right = agree(await resultsOf(context, layer, kernels), expected.result, precision);
      return right ? timeOf(context, layer, kernels, microBatchSize) : null;
    });
    if (timed === undefined) break;
    const { result: time } = timed;
    times[name] = time;
    if (time === null || time >= shortestMs) continue;
    chosen = name;
    shortestMs = time;
  }
  return { chosen, times };
}

/** The results for one image, from pseudo-random numbers. */
function resultsOf(
  context: GpuContext,
  layer: ConvolveOptions,
  kernels: LayerKernels,
): Promise<readonly Float32Array[]> {
  return withLayer(context, layer, { kernels, microBatchSize: 1 }, (program) => program.results());
}

/** The median of a few readings. Units: ms. */
function timeOf(
  context: GpuContext,
  layer: ConvolveOptions,
  kernels: LayerKernels,
  microBatchSize: number,
): Promise<number> {
  return withLayer(context, layer, { kernels, microBatchSize }, medianTime);
}

async function withLayer<Result>(
  context: GpuContext,
  layer: ConvolveOptions,
  { kernels, microBatchSize }: { readonly kernels: LayerKernels; readonly microBatchSize: number },
  use: (program: LayerProgram) => Promise<Result>,
): Promise<Result> {
  return context.checked("timing kernels", async () => {
    const program = await linkLayer(context, layer, kernels, microBatchSize);
    try {
      return await use(program);
    } finally {
      program.dispose();
    }
  });
}

/** Time to try things in: nothing is begun that, going by the longest so far, would not fit. */
export class Budget {
  readonly #end: number;
  #longestMs = 0;

  /** Units: ms. */
  constructor(ms: number) {
    this.#end = performance.now() + ms;
  }

  /** Does the work if there is time for it; undefined if not. */
  async spend<Result>(work: () => Promise<Result>): Promise<{ readonly result: Result } | undefined> {
    const begin = performance.now();
    if (begin + this.#longestMs > this.#end) return undefined;
    const result = await work();
    this.#longestMs = Math.max(this.#longestMs, performance.now() - begin);
    return { result };
  }
}
