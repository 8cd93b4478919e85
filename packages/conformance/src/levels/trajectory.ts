import { type CaseParameter, type ConformanceCase, caseId } from "../case/case.js";
import { compareSampledRun } from "../trajectory/compare-run.js";
import { epochPlan } from "../trajectory/plan.js";
import { epochRun, type RunChoice } from "./training-runs.js";

interface EpochCase {
  readonly group: string;
  readonly name: string;
  readonly parameters?: Readonly<Record<string, CaseParameter>>;
  readonly plan: string;
  readonly choice: RunChoice;
  readonly quick?: boolean;
}

const WHOLE =
  "losses of every step, updates, optimizer state and scores of a run with dropout and shuffling are the oracle's";
const SCHEDULE = "each step uses the learning rate that the schedule gives for it";
const PARTIAL = "the last, partial batch of an epoch is averaged over its own images";

/** 28 steps; one run has 98. */
const EPOCHS = 4;

const CASES: readonly EpochCase[] = [
  ...(["nin", "linear-head"] as const).flatMap((network) =>
    (["sgd", "momentum", "adamw"] as const).map(
      (optimizer): EpochCase => ({
        group: "epochs",
        name: network,
        parameters: { optimizer, epochs: EPOCHS },
        plan: WHOLE,
        choice: { network, optimizer, epochs: EPOCHS },
        quick: (network === "nin") === (optimizer === "adamw") && optimizer !== "sgd",
      }),
    ),
  ),
  {
    group: "epochs",
    name: "linear-head",
    parameters: { optimizer: "sgd", epochs: 14 },
    plan: WHOLE,
    choice: { network: "linear-head", optimizer: "sgd", epochs: 14, learningRate: 0.014 },
  },
  // 48 images are 6 full batches, so that only a mistake in the schedule shows.
  {
    group: "schedule",
    name: "cosine",
    parameters: { warmupSteps: 5 },
    plan: SCHEDULE,
    choice: {
      network: "linear-head",
      optimizer: "sgd",
      epochs: 4,
      trainCount: 48,
      schedule: { kind: "cosine", warmupSteps: 5 },
    },
    quick: true,
  },
  {
    group: "schedule",
    name: "constant",
    parameters: { warmupSteps: 9 },
    plan: SCHEDULE,
    choice: {
      network: "linear-head",
      optimizer: "momentum",
      epochs: 4,
      trainCount: 48,
      schedule: { warmupSteps: 9 },
    },
  },
  ...[41, 47].map(
    (trainCount): EpochCase => ({
      group: "partial-batch",
      name: `last-of-${trainCount % 8}`,
      plan: PARTIAL,
      choice: { network: "linear-head", optimizer: "sgd", epochs: 4, trainCount },
      quick: trainCount === 41,
    }),
  ),
  {
    group: "evaluation",
    name: "between-epochs",
    plan: "evaluations between epochs have the oracle's losses and confusion matrix, and do not change the run",
    choice: { network: "linear-head", optimizer: "adamw", epochs: 4, evaluates: true },
    quick: true,
  },
];

/** Whole trainings, step by step. */
export function trajectoriesOfEpochs(): readonly ConformanceCase[] {
  return CASES.map(({ group, name, parameters = {}, plan, choice, quick = false }) => ({
    id: caseId("trajectory", group, name, parameters),
    plan,
    source: "oracle, within spreads of 8 runs moved by one rounding",
    quick,
    run: (context) =>
      compareSampledRun(context, (sample) => epochPlan(epochRun(choice, sample)), { descends: true }),
  }));
}
