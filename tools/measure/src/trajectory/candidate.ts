import type { Model } from "@nin/backend";
import { batchesPerEpoch, epochBatches, firstImages, type ImageDataset, resolveRecipe } from "@nin/data";
import { loadDataset } from "@nin/data/node";
import { loadBackend } from "@nin/registry";
import { learningRateAt, present, type Recipe } from "@nin/spec";
import type { NamedTensors, SegmentOutcome } from "./difference.js";
import { LOGIT_IMAGES, type OracleRun, type OracleState } from "./oracle.js";

/** The backend under test. */
export interface CandidateOptions extends Pick<OracleRun, "architecture" | "recipe"> {
  readonly backend: string;
  /** By default the backend's first one. */
  readonly device?: string;
  readonly threads: number;
  readonly data: string;
}

/** How a run is made wrong on purpose. */
export interface Sabotage {
  /** Added to the seed of the dropout masks. */
  readonly seed?: number;
  /** A factor of every learning rate. */
  readonly learningRate?: number;
}

/** A backend's model, ready to train from any state of the run. */
export class Candidate {
  readonly #recipe: Recipe;
  readonly #model: Model;
  readonly #train: ImageDataset;
  readonly #logitImages: ImageDataset;

  private constructor(recipe: Recipe, model: Model, train: ImageDataset, logitImages: ImageDataset) {
    this.#recipe = recipe;
    this.#model = model;
    this.#train = train;
    this.#logitImages = logitImages;
  }

  static async open(options: CandidateOptions): Promise<Candidate> {
    const { architecture, recipe, device, threads } = options;
    const { train, test } = await loadDataset(options.data);
    const backend = await loadBackend(options.backend);
    const { channels, height, width } = train;
    const { preprocessing } = await resolveRecipe(recipe, train);
    const model = await backend.compile(architecture, {
      ...(device === undefined ? {} : { device }),
      maxBatch: recipe.batchSize,
      threads,
      imageFormat: { channels, height, width, preprocessing },
    });
    return new Candidate(recipe, model, train, firstImages(test, LOGIT_IMAGES));
  }

  /** Trains some steps from a state of the oracle, rounded to float32. */
  async run(
    state: OracleState,
    steps: number,
    { seed = 0, learningRate: factor = 1 }: Sabotage = {},
  ): Promise<SegmentOutcome> {
    const rounded = {
      step: state.step,
      parameters: floats(state.parameters),
      optimizer: floats(state.optimizer),
    };
    // Before the first step there is no optimizer state yet: the run begins as any other does.
    if (state.step === 0) await this.#model.writeParameters(rounded.parameters);
    const session = await this.#model.train({
      optimizer: this.#recipe.optimizer,
      seed: this.#recipe.seed + seed,
      firstStep: state.step,
      dataset: { images: this.#train.images, labels: this.#train.labels },
    });
    try {
      if (state.step > 0) await session.writeState(rounded);
      for (let step = state.step; step < state.step + steps; step += 1) {
        const learningRate = this.#learningRate(step) * factor;
        await session.step({ indices: this.#indices(step) }, { learningRate });
      }
      const { losses } = await session.metrics();
      const { parameters } = await session.readState();
      return { losses, logits: await this.#logits(), parameters };
    } finally {
      await session.dispose();
    }
  }

  async close(): Promise<void> {
    await this.#model.dispose();
  }

  #learningRate(step: number): number {
    const totalSteps = batchesPerEpoch(this.#train.count, this.#recipe.batchSize) * this.#recipe.epochs;
    return Math.fround(learningRateAt(this.#recipe, step, totalSteps));
  }

  #indices(step: number): Uint32Array {
    const { batchSize, seed } = this.#recipe;
    const { count } = this.#train;
    const perEpoch = batchesPerEpoch(count, batchSize);
    const batches = epochBatches({
      count,
      batchSize,
      seed,
      epoch: Math.floor(step / perEpoch),
      from: step % perEpoch,
    });
    return present(batches.next().value, `the batch of step ${step}`);
  }

  async #logits(): Promise<readonly number[]> {
    const { images, count } = this.#logitImages;
    const imageBytes = images.length / count;
    const logits: number[] = [];
    for (let start = 0; start < count; start += this.#recipe.batchSize) {
      const part = images.slice(start * imageBytes, (start + this.#recipe.batchSize) * imageBytes);
      logits.push(...(await this.#model.predict({ images: part })).data);
    }
    return logits;
  }
}

function floats(tensors: NamedTensors): NamedTensors {
  return new Map(
    [...tensors].map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]),
  );
}
