import type { StepMetrics } from "./metrics.js";

/** A point of a curve; null where the value is not finite. */
export interface CurvePoint {
  readonly x: number;
  readonly y: number | null;
}

/** Steps that follow each other. */
interface Stretch {
  /** The first one whose loss is not finite. */
  readonly gap?: StepMetrics;
  readonly lowest?: StepMetrics;
  readonly highest?: StepMetrics;
  readonly last: StepMetrics;
  /** Of the finite losses. */
  readonly sum: number;
  readonly count: number;
}

/** More points than three times this cannot be told apart on a screen. */
const MOST_STRETCHES = 1200;

/**
 * The logged steps of a run in bounded memory: all of a short run; of a long one each stretch's lowest, highest, last
 * and first not finite loss, so that its curve looks the same, and the stretch's mean.
 */
export class DownsampledSteps {
  #stretches: Stretch[] = [];
  /** Steps of a full stretch, a power of two. */
  #length = 1;
  /** Steps in the last stretch. */
  #filled = 0;

  constructor(private readonly most = MOST_STRETCHES) {}

  add(step: StepMetrics): void {
    const own = stretchOf(step);
    const last = this.#stretches.at(-1);
    if (last !== undefined && this.#filled < this.#length) {
      this.#stretches[this.#stretches.length - 1] = joined(last, own);
      this.#filled += 1;
      return;
    }
    if (this.#stretches.length === this.most) {
      this.#stretches = pairs(this.#stretches);
      this.#length *= 2;
    }
    this.#stretches.push(own);
    this.#filled = 1;
  }

  /** In order. */
  get lines(): readonly StepMetrics[] {
    const kept = this.#stretches.flatMap(({ gap, lowest, highest, last }) => [gap, lowest, highest, last]);
    const lines = new Set(kept.filter((line) => line !== undefined));
    return [...lines].sort((one, other) => one.step - other.step);
  }

  /** The mean loss of each stretch, at its last step: of at most so many stretches. */
  means(most: number): readonly CurvePoint[] {
    const perPoint = Math.ceil(this.#stretches.length / most);
    const points: CurvePoint[] = [];
    for (let start = 0; start < this.#stretches.length; start += perPoint) {
      const { last, sum, count } = this.#stretches.slice(start, start + perPoint).reduce(joined);
      points.push({ x: last.step, y: count === 0 ? null : sum / count });
    }
    return points;
  }
}

function stretchOf(step: StepMetrics): Stretch {
  const { loss } = step;
  // JSON represents a number that is not finite as null.
  if (loss === null || !Number.isFinite(loss)) return { gap: step, last: step, sum: 0, count: 0 };
  return { lowest: step, highest: step, last: step, sum: loss, count: 1 };
}

function joined(one: Stretch, other: Stretch): Stretch {
  const gap = one.gap ?? other.gap;
  const lowest = better(one.lowest, other.lowest, (a, b) => a <= b);
  const highest = better(one.highest, other.highest, (a, b) => a >= b);
  return {
    ...(gap && { gap }),
    ...(lowest && { lowest }),
    ...(highest && { highest }),
    last: other.last,
    sum: one.sum + other.sum,
    count: one.count + other.count,
  };
}

function better(
  one: StepMetrics | undefined,
  other: StepMetrics | undefined,
  isBetter: (a: number, b: number) => boolean,
): StepMetrics | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return isBetter(one.loss, other.loss) ? one : other;
}

/** Joins each two neighbours; `most` is even. */
function pairs(stretches: readonly Stretch[]): Stretch[] {
  const result: Stretch[] = [];
  for (let start = 0; start < stretches.length; start += 2) {
    result.push(stretches.slice(start, start + 2).reduce(joined));
  }
  return result;
}
