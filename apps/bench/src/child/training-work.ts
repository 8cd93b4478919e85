import type { Model, TrainingBatch, TrainingSession } from "@nin/backend";
import { epochBatches } from "@nin/data";
import { updatesOf } from "../workload/norms";
import type { LoadedJob } from "../workload/read-job";
import type { ProbeAnswer } from "../protocol/messages.js";
import type { StepsResult } from "../protocol/serve.js";
import type { Work } from "./backend-implementation";
import type { DataSplit } from "./data-split.js";

/** Training steps: on the job's one batch, or on an epoch's shuffled batches of a data set. */
export class TrainingWork implements Work {
  private constructor(
    private readonly session: TrainingSession,
    private readonly job: LoadedJob,
    private readonly batches: Iterator<TrainingBatch>,
  ) {}

  static async open(model: Model, job: LoadedJob, data: DataSplit | undefined): Promise<TrainingWork> {
    const { optimizer, seed } = job.recipe;
    const dataset = data === undefined ? {} : { dataset: data.train };
    const session = await model.train({ optimizer, seed, ...dataset });
    const batches = data === undefined ? sameBatch(job) : shuffledBatches(job, data);
    return new TrainingWork(session, job, batches);
  }

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

function* sameBatch({ input, labels }: LoadedJob): Generator<TrainingBatch, never> {
  while (true) yield { input, labels };
}

function* shuffledBatches(
  { batch, recipe: { seed } }: LoadedJob,
  { train }: DataSplit,
): Generator<TrainingBatch, never> {
  const count = train.labels.length;
  for (let epoch = 0; ; epoch += 1) {
    // A partial batch would make one step cheaper than the others.
    for (const indices of epochBatches({ count, batchSize: batch, seed, epoch })) {
      if (indices.length === batch) yield { indices };
    }
  }
}
