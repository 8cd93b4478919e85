import type { Tensor } from "@nin/spec";
import { philoxWords, uniform } from "./drawn-numbers.js";
import type { TensorStatistics } from "./kept-tensor.js";

/** Counters of the numbers below, whose seed is 0; `nin_torch/fixture_tensors.py` has the same. */
const DIGEST_INDEX = { sample: 3, sign: 4 } as const;

/** What a fixture would keep of a tensor, with as many samples and projections as it has. */
export function statisticsOf(
  { shape, data }: Tensor,
  { samples, projections }: Pick<TensorStatistics, "samples" | "projections">,
): TensorStatistics {
  const positions = samplePositions(data.length, samples.length);
  return {
    shape,
    sum: total(data, (value) => value),
    l1: total(data, Math.abs),
    l2: Math.sqrt(total(data, (value) => value * value)),
    largest: largestMagnitude(data),
    samples: positions.map((position) => data[position] ?? Number.NaN),
    projections: projections.map((_, number) => projection(data, number)),
  };
}

/** `floor(u * length)` for each sample. */
export function samplePositions(length: number, samples: number): readonly number[] {
  return Array.from(philoxWords(0, samples, DIGEST_INDEX.sample), (word) =>
    Math.floor(uniform(word) * length),
  );
}

/** The sum of all elements, each with +1 where bit i mod 32 of word floor(i/32) is set, else with -1. */
function projection(data: Tensor["data"], number: number): number {
  const words = philoxWords(0, Math.ceil(data.length / 32), DIGEST_INDEX.sign, number);
  let sum = 0;
  for (let i = 0; i < data.length; i += 1) {
    const bit = ((words[i >>> 5] ?? 0) >>> (i & 31)) & 1;
    sum += (2 * bit - 1) * (data[i] ?? 0);
  }
  return sum;
}

function total(data: Tensor["data"], each: (value: number) => number): number {
  let sum = 0;
  for (let i = 0; i < data.length; i += 1) sum += each(data[i] ?? 0);
  return sum;
}

/** NaN when there is one. */
function largestMagnitude(data: Tensor["data"]): number {
  let largest = 0;
  for (let i = 0; i < data.length; i += 1) largest = Math.max(largest, Math.abs(data[i] ?? 0));
  return largest;
}
