import { batchesPerEpoch, epochBatches, firstImages } from "../../../packages/data/dist/index.js";
import { loadDataset } from "../../../packages/data/dist/node.js";
import { learningRateAt } from "../../../packages/spec/dist/index.js";
import { loadBackend } from "../backends.mjs";
import { LOGIT_IMAGES } from "./oracle.mjs";

/** The backend under test, ready to train from any state of the run. */
export class Candidate {
  static async open(options) {
    const { architecture, recipe, device, threads } = options;
    const { train, test } = await loadDataset(options.data);
    const backend = await loadBackend(options.backend);
    const { channels, height, width } = train;
    const model = await backend.compile(architecture, {
      ...(device === undefined ? {} : { device }),
      maxBatch: recipe.batchSize,
      threads,
      imageFormat: { channels, height, width, preprocessing: recipe.preprocessing },
    });
    return new Candidate(recipe, model, train, firstImages(test, LOGIT_IMAGES));
  }

  constructor(recipe, model, train, logitImages) {
    this.recipe = recipe;
    this.model = model;
    this.train = train;
    this.logitImages = logitImages;
  }

  /**
   * Trains from a state. `sabotage` makes it wrong on purpose: `seed` is added to the dropout's,
   * `learningRate` is a factor.
   *
   * @returns every step's loss, the logits after them, and the parameters
   */
  async run(state, steps, sabotage = {}) {
    const rounded = roundState(state);
    // Before the first step there is no optimizer state yet: the run begins as any other does.
    if (state.step === 0) await this.model.writeParameters(rounded.parameters);
    const session = await this.model.train({
      optimizer: this.recipe.optimizer,
      seed: this.recipe.seed + (sabotage.seed ?? 0),
      firstStep: state.step,
      dataset: { images: this.train.images, labels: this.train.labels },
    });
    try {
      if (state.step > 0) await session.writeState(rounded);
      for (let step = state.step; step < state.step + steps; step += 1) {
        const learningRate = this.learningRate(step) * (sabotage.learningRate ?? 1);
        await session.step({ indices: this.indices(step) }, { learningRate });
      }
      const { losses } = await session.metrics();
      const { parameters } = await session.readState();
      return { losses, logits: await this.logits(), parameters };
    } finally {
      await session.dispose();
    }
  }

  async close() {
    await this.model.dispose();
  }

  learningRate(step) {
    const { batchSize, epochs } = this.recipe;
    return Math.fround(
      learningRateAt(this.recipe, step, batchesPerEpoch(this.train.count, batchSize) * epochs),
    );
  }

  indices(step) {
    const { batchSize, seed } = this.recipe;
    const perEpoch = batchesPerEpoch(this.train.count, batchSize);
    const place = { epoch: Math.floor(step / perEpoch), from: step % perEpoch };
    return epochBatches({ count: this.train.count, batchSize, seed, ...place }).next().value;
  }

  async logits() {
    const { images, count } = this.logitImages;
    const imageBytes = images.length / count;
    const rows = [];
    for (let start = 0; start < count; start += this.recipe.batchSize) {
      const part = images.slice(start * imageBytes, (start + this.recipe.batchSize) * imageBytes);
      rows.push(...(await this.model.predict({ images: part })).data);
    }
    return rows;
  }
}

/** The oracle's float64 state as a float32 backend can hold it. */
function roundState({ step, parameters, optimizer }) {
  const rounded = (tensors) =>
    new Map([...tensors].map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]));
  return { step, parameters: rounded(parameters), optimizer: rounded(optimizer) };
}
