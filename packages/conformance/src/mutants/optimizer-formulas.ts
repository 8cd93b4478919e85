import type { Backend } from "@nin/backend";
import {
  type OptimizerState,
  type Parameters64,
  referenceParts,
  tensor64,
} from "@nin/backend-reference/parts";
import { type AdamW, at, entry, type Optimizer, type Sgd } from "@nin/spec";
import { referenceWith } from "./wrapped.js";

/** A weight before an update. */
export interface SgdWeight {
  readonly w: number;
  readonly g: number;
  /** The velocity; undefined before the first step. */
  readonly v: number | undefined;
  readonly learningRate: number;
  readonly isBias: boolean;
}

/** The reference with another rule for SGD, which gives the next velocity and value of a weight. */
export function sgdWith(
  rule: (weight: SgdWeight, optimizer: Sgd) => { readonly w: number; readonly v: number },
): Backend {
  return referenceWith({
    stepOptimizer: (optimizer, parameters, gradients, state, position) => {
      if (optimizer.kind !== "sgd") {
        referenceParts.stepOptimizer(optimizer, parameters, gradients, state, position);
        return;
      }
      for (const [name, { shape, data }] of parameters) {
        const g = entry(gradients, name).data;
        const velocity = state.get(`velocity.${name}`)?.data;
        const next = new Float64Array(data.length);
        const { learningRate } = position;
        data.forEach((w, i) => {
          const weight = {
            w,
            g: at(g, i),
            v: velocity?.[i],
            learningRate,
            isBias: name.endsWith(".bias"),
          };
          const result = rule(weight, optimizer);
          data[i] = result.w;
          next[i] = result.v;
        });
        if (optimizer.momentum > 0) state.set(`velocity.${name}`, tensor64(shape, next));
      }
    },
  });
}

/** A weight in an update of AdamW, with its updated moments. */
export interface AdamWeight {
  readonly w: number;
  readonly m: number;
  readonly v: number;
  readonly learningRate: number;
  /** Number of steps of the run, including this one. */
  readonly t: number;
}

/** The reference with another rule for AdamW, which gives the next value of a weight. */
export function adamwWith(rule: (weight: AdamWeight, optimizer: AdamW) => number): Backend {
  return referenceWith({
    stepOptimizer: (optimizer, parameters, gradients, state, position) => {
      const before = valuesOf(parameters);
      referenceParts.stepOptimizer(optimizer, parameters, gradients, state, position);
      if (optimizer.kind !== "adamw") return;
      for (const [name, { data }] of parameters) {
        const weights = entry(before, name);
        const m = entry(state, `moment1.${name}`).data;
        const v = entry(state, `moment2.${name}`).data;
        const { learningRate, step } = position;
        data.forEach((_, i) => {
          const weight = { w: at(weights, i), m: at(m, i), v: at(v, i), learningRate, t: step + 1 };
          data[i] = rule(weight, optimizer);
        });
      }
    },
  });
}

/** The reference, in which the settings of an optimizer are changed. */
export function withChangedOptimizer(other: (optimizer: Optimizer) => Optimizer): Backend {
  return referenceWith({
    stepOptimizer: (optimizer, ...rest) => referenceParts.stepOptimizer(other(optimizer), ...rest),
  });
}

/** AdamW's direction `m / (sqrt(v) + epsilon)`, both corrected for bias. */
export function adamwDirection({ m, v, t }: AdamWeight, { beta1, beta2, epsilon }: AdamW): number {
  return m / (1 - beta1 ** t) / (Math.sqrt(v / (1 - beta2 ** t)) + epsilon);
}

/** Counts the steps of each optimizer state. */
export function stepCounter(): (state: OptimizerState) => number {
  const counts = new WeakMap<OptimizerState, number>();
  return (state) => {
    const count = counts.get(state) ?? 0;
    counts.set(state, count + 1);
    return count;
  };
}

function valuesOf(parameters: Parameters64): ReadonlyMap<string, Float64Array> {
  return new Map([...parameters].map(([name, { data }]) => [name, data.slice()]));
}
