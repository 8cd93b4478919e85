import { builtinArchitecture } from "@nin/spec";
import type { CasePlan, Pace } from "../cases/case-context";
import type { BenchOptions, NamedModel, Section } from "./options.js";

/** What a run will do, by default as much as fits in its time. */
export interface BenchPlan {
  readonly budgetMs: number;
  readonly pace: Pace;
  readonly cases: readonly CasePlan[];
  /** Whose layers are timed. */
  readonly layers: readonly CasePlan[];
  readonly accuracy: readonly CasePlan[];
}

const QUICK_MS = 95_000;
const FULL_MS = 810_000;
const QUICK_PACE: Pace = { sliceMs: 500, minRounds: 3, maxRounds: 15, tightWidth: 0.03 };
const FULL_PACE: Pace = { sliceMs: 2000, minRounds: 4, maxRounds: 15, tightWidth: 0.015 };
const QUICK_SECTIONS: readonly Section[] = ["train", "forward", "layers"];
const FULL_SECTIONS: readonly Section[] = ["train", "forward", "epoch", "layers", "accuracy"];

/** A default network's batches: the first is the one that all sections have, the others show scaling. */
const QUICK_BATCHES = { "nin-mnist": [8] };
const FULL_BATCHES = { nin: [32, 8], "nin-mnist": [32, 1, 8, 128] };
const OTHER_BATCHES = [32];

/** How much of the time goes where. */
const WEIGHTS = { train: 3, forward: 2, epoch: 2, layers: 3, accuracy: 3 } as const;
/** What the first network's time is more than the others'. */
const FIRST_WEIGHT = 1.5;

/** Pure: what is measured, without looking at the machine. */
export function planBench(options: BenchOptions): BenchPlan {
  const { quick = false, precisions = ["f32"], budgetMs = quick ? QUICK_MS : FULL_MS } = options;
  const sections = options.sections ?? (quick ? QUICK_SECTIONS : FULL_SECTIONS);
  const defaults: Readonly<Record<string, readonly number[]>> = quick ? QUICK_BATCHES : FULL_BATCHES;
  const models = options.models ?? Object.keys(defaults).map(builtin);
  const plans = models.flatMap((model, order) => {
    const batches = options.batches ?? defaults[model.name] ?? OTHER_BATCHES;
    return precisions.flatMap((precision) =>
      (["train", "forward", "epoch"] as const).flatMap((mode) =>
        batches.flatMap((batch, rank): readonly CasePlan[] => {
          const isAsked =
            sections.includes(mode) && (mode === "train" || rank === 0 || options.batches !== undefined);
          const weight = WEIGHTS[mode] * (order === 0 ? FIRST_WEIGHT : 1) * (rank === 0 ? 1 : 0.6);
          const plan = {
            model: model.name,
            architecture: model.architecture,
            batch,
            precision,
            mode,
            weight,
          };
          return isAsked && (mode !== "epoch" || takesDataOf(model)) ? [plan] : [];
        }),
      ),
    );
  });
  const mains = models.map(({ name, architecture }): CasePlan => {
    const [batch = 32] = options.batches ?? defaults[name] ?? OTHER_BATCHES;
    return { model: name, architecture, batch, precision: "f32", mode: "train", weight: WEIGHTS.layers };
  });
  return {
    budgetMs,
    pace: quick ? QUICK_PACE : FULL_PACE,
    cases: plans,
    layers: sections.includes("layers") ? mains : [],
    accuracy: sections.includes("accuracy")
      ? mains.filter(takesDataOf).map((plan) => ({ ...plan, weight: WEIGHTS.accuracy }))
      : [],
  };
}

/** Epochs of larger networks take longer than a benchmark; their data is resized, which is timed with it. */
function takesDataOf({ architecture }: Pick<NamedModel, "architecture">): boolean {
  return architecture.input.height <= 32 && architecture.input.channels !== 2;
}

function builtin(name: string): NamedModel {
  return { name, architecture: builtinArchitecture(name) };
}
