import type { LabelledBatch, Model, TrainOptions } from "@nin/backend";
import type { Parameters, Tensor } from "@nin/spec";
import { relativeL2 } from "./expect-tensor.js";
import { randomTensor } from "./random-tensors.js";

/** The run that is compared: a batch and a learning rate for each step. */
export interface TrajectoryPlan {
  readonly train: TrainOptions;
  readonly parameters: Parameters;
  readonly steps: readonly { readonly batch: LabelledBatch; readonly learningRate: number }[];
}

/** What a run left behind. */
export interface Trajectory {
  readonly losses: readonly number[];
  /** `w_K - w_0` by parameter. */
  readonly updates: Parameters;
  /** Scores of the first batch after the last step. */
  readonly logits: Tensor;
}

/** Trains a model from the plan's parameters, or from others that stand for them. */
export async function runTrajectory(
  model: Model,
  plan: TrajectoryPlan,
  start: Parameters = plan.parameters,
): Promise<Trajectory> {
  await model.writeParameters(start);
  await using session = await model.train(plan.train);
  for (const { batch, learningRate } of plan.steps) await session.step(batch, { learningRate });
  const { losses } = await session.metrics();
  const { parameters } = await session.readState();
  const [first] = plan.steps;
  if (first === undefined) throw new Error("a trajectory needs a step");
  return {
    losses,
    updates: difference(parameters, plan.parameters),
    logits: await model.predict(first.batch),
  };
}

/** How far two runs are apart: relative differences of losses, updates (each tensor) and logits. */
export interface TrajectoryDistance {
  readonly losses: number;
  readonly updates: ReadonlyMap<string, number>;
  readonly logits: number;
}

export function trajectoryDistance(actual: Trajectory, expected: Trajectory): TrajectoryDistance {
  return {
    losses: Math.max(
      ...expected.losses.map((loss, step) => Math.abs((actual.losses[step] ?? Number.NaN) - loss) / loss),
    ),
    updates: new Map(
      [...expected.updates].map(([name, { data }]) => [
        name,
        relativeL2(actual.updates.get(name)?.data ?? new Float32Array(), data),
      ]),
    ),
    logits: relativeL2(actual.logits.data, expected.logits.data),
  };
}

const PERTURBED_RUNS = 8;
const FLOOR = 1e-5;
const FACTOR = 10;
const LOSS_CEILING = 1e-3;
const UPDATE_CEILING = 1e-2;

/**
 * What a run in float32 may differ by: ten times the spread of oracle runs whose initial weights
 * are moved by 2^-23 relative. Undefined for a run whose spread says that rounding decides it.
 */
export async function trajectoryTolerance(
  oracle: Model,
  plan: TrajectoryPlan,
  expected: Trajectory,
): Promise<TrajectoryDistance | undefined> {
  const distances: TrajectoryDistance[] = [];
  for (let run = 0; run < PERTURBED_RUNS; run += 1) {
    const perturbed = await runTrajectory(oracle, plan, perturb(plan.parameters, run));
    distances.push(trajectoryDistance(perturbed, expected));
  }
  const losses = Math.max(...distances.map((distance) => distance.losses));
  const logits = Math.max(...distances.map((distance) => distance.logits));
  const updates = new Map(
    [...expected.updates.keys()].map((name) => [
      name,
      Math.max(...distances.map((distance) => distance.updates.get(name) ?? Number.NaN)),
    ]),
  );
  const isShort =
    FACTOR * losses <= LOSS_CEILING &&
    FACTOR * logits <= LOSS_CEILING &&
    [...updates.values()].every((spread) => FACTOR * spread <= UPDATE_CEILING);
  if (!isShort) return undefined;
  const widened = (spread: number): number => Math.max(FLOOR, FACTOR * spread);
  return {
    losses: widened(losses),
    logits: widened(logits),
    updates: new Map([...updates].map(([name, spread]) => [name, widened(spread)])),
  };
}

function perturb(parameters: Parameters, run: number): Parameters {
  return new Map(
    [...parameters].map(([name, { shape, data }], index) => {
      const noise = randomTensor(shape, 1000 * run + index + 1).data;
      const moved = Float64Array.from(data, (value, i) => value * (1 + 2 ** -23 * Math.sign(noise[i] ?? 0)));
      return [name, { shape, data: moved }];
    }),
  );
}

/** After less before, in float64. */
export function difference(after: Parameters, before: Parameters): Parameters {
  return new Map(
    [...after].map(([name, { shape, data }]) => {
      const start = before.get(name)?.data ?? new Float32Array();
      return [name, { shape, data: Float64Array.from(data, (value, i) => value - (start[i] ?? Number.NaN)) }];
    }),
  );
}
