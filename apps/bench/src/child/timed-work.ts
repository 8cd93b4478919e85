import type { Batch, Model, TrainingBatch, TrainingSession } from "@nin/backend";
import { epochBatches } from "@nin/data";
import type { ProbeAnswer } from "../protocol/messages.js";
import type { StepsResult } from "../protocol/served.js";
import type { LoadedJob } from "../workload/loaded-job.js";
import { l2Norm, updatesOf } from "../workload/norms.js";
import type { TrainingData } from "./training-data.js";

/** What the timed steps do, kept open between requests. */
export interface TimedWork {
  run(steps: number): Promise<StepsResult>;
  probe(): Promise<ProbeAnswer>;
  close(): Promise<void>;
}

/** Opens what a job's mode asks for. */
export async function openWork(
  model: Model,
  job: LoadedJob,
  data: TrainingData | undefined,
): Promise<TimedWork> {
  if (job.mode === "forward") {
    const batch = data === undefined ? { input: job.input } : { images: data.train.images };
    return new ForwardWork(model, batch);
  }
  const { optimizer, seed } = job.recipe;
  const dataset = data === undefined ? {} : { dataset: data.train };
  const session = await model.train({ optimizer, seed, ...dataset });
  return new TrainingWork(session, job, batchesOf(job, data));
}

/** Predictions of the job's batch; each is waited for, as a caller of `predict` would. */
class ForwardWork implements TimedWork {
  constructor(
    private readonly model: Model,
    private readonly batch: Batch,
  ) {}

  async run(steps: number): Promise<StepsResult> {
    let norm = Number.NaN;
    for (let step = 0; step < steps; step += 1) {
      norm = l2Norm((await this.model.predict(this.batch)).data);
    }
    return { scoresNorm: norm };
  }

  async probe(): Promise<ProbeAnswer> {
    return { steps: 0, updates: {} };
  }

  async close(): Promise<void> {}
}

/** Training steps: on the job's one batch, or on an epoch's shuffled batches of a data set. */
class TrainingWork implements TimedWork {
  constructor(
    private readonly session: TrainingSession,
    private readonly job: LoadedJob,
    private readonly batches: Iterator<TrainingBatch, never>,
  ) {}

  async run(steps: number): Promise<StepsResult> {
    const { learningRate } = this.job.recipe.optimizer;
    for (let step = 0; step < steps; step += 1) {
      await this.session.step(this.batches.next().value, { learningRate });
    }
    const { losses } = await this.session.metrics();
    return { losses };
  }

  async probe(): Promise<ProbeAnswer> {
    const { step, parameters } = await this.session.readState();
    return { steps: step, updates: updatesOf(parameters, this.job.parameters) };
  }

  close(): Promise<void> {
    return this.session.dispose();
  }
}

/** The batches of a training, without end. */
function* batchesOf(job: LoadedJob, data: TrainingData | undefined): Generator<TrainingBatch, never> {
  if (data === undefined) {
    const { input, labels } = job;
    while (true) yield { input, labels };
  }
  const count = data.train.labels.length;
  if (job.resident !== undefined) {
    const indices = Uint32Array.from({ length: count }, (_, index) => index);
    while (true) yield { indices };
  }
  const { batch: batchSize, recipe } = job;
  for (let epoch = 0; ; epoch += 1) {
    // A partial batch would make one step cheaper than the others.
    for (const indices of epochBatches({ count, batchSize, seed: recipe.seed, epoch })) {
      if (indices.length === batchSize) yield { indices };
    }
  }
}
