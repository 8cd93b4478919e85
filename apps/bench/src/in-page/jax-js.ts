import type { Array as JaxArray } from "@jax-js/jax";
import {
  classCount,
  entry,
  inferLayers,
  type MaxPool2d,
  type PlacedLayer,
  present,
  type Tensor,
} from "@nin/spec";
import { BenchError } from "../protocol/errors.js";
import type { CheckAnswer, Opened, ProbeAnswer } from "../protocol/messages.js";
import type { ServedImplementation, StepsResult } from "../protocol/served.js";
import { firstOf, type LoadedJob } from "../workload/loaded-job.js";
import { l2Norm, updatesOf } from "../workload/norms.js";

type Jax = typeof import("@jax-js/jax");
type JaxDevice = "wasm" | "webgpu" | "webgl";
type Weights = Record<string, JaxArray>;
type Step = (weights: Weights, batch: JaxBatch, keys: JaxArray[]) => [JaxArray, Weights];
type Predict = (weights: Weights, input: JaxArray) => JaxArray;

// Not an interface: jax-js takes trees of arrays as types that have an index.
type JaxBatch = { input: JaxArray; targets: JaxArray };

const CHECKED_STEPS = 2;
/** What a window of a max pooling has outside the image. */
const LOWEST = -3.4e38;

/** jax-js as a baseline on one of its devices. */
export async function jaxOn(device: JaxDevice, job: LoadedJob): Promise<ServedImplementation> {
  return new JaxProgram(device, job);
}

/**
 * jax-js as one writes a program for it: NCHW, `valueAndGrad`, the training step with its SGD one compiled function.
 * Every array is passed on as often as it is owned; `ref` owns it once more.
 */
class JaxProgram implements ServedImplementation {
  #jax: Jax | undefined;
  #weights: Weights = {};
  #batch: JaxBatch | undefined;
  #steps = 0;
  #dropouts = 0;
  #compiled: { readonly step: Step; readonly predict: Predict } | undefined;

  constructor(
    private readonly device: JaxDevice,
    private readonly job: LoadedJob,
  ) {}

  async open(): Promise<Opened> {
    const begin = performance.now();
    const { optimizer } = this.job.recipe;
    if (optimizer.kind !== "sgd" || optimizer.momentum !== 0 || optimizer.weightDecay !== 0) {
      throw new BenchError("the jax-js baseline has plain SGD only", "NIN_UNSUPPORTED");
    }
    this.#jax = await import("@jax-js/jax");
    const found = await this.#jax.init(this.device);
    if (!found.includes(this.device)) throw new Error(`jax-js found no ${this.device}`);
    this.#jax.defaultDevice(this.device);
    const loadMs = performance.now() - begin;
    this.#begin(true);
    const compileMs = performance.now() - begin - loadMs;
    return { loadMs, compileMs, versions: { "@jax-js/jax": JAX_VERSION }, device: this.device };
  }

  async check(): Promise<CheckAnswer> {
    this.#begin(false);
    const batch = this.#batchOf(firstOf(this.job, this.job.checkedImages));
    const scores = [...(await this.#predict(batch))];
    const losses = await this.#train(CHECKED_STEPS, batch);
    const updates = await this.#updates();
    this.#begin(true);
    return { scores, losses, updates, dropout: "off" };
  }

  async run(steps: number): Promise<StepsResult> {
    this.#batch ??= this.#batchOf(this.job);
    if (this.job.mode === "forward") {
      let scores: ArrayLike<number> = [];
      for (let step = 0; step < steps; step += 1) scores = await this.#predict(this.#batch);
      return { scoresNorm: l2Norm(scores) };
    }
    return { losses: await this.#train(steps, this.#batch) };
  }

  async probe(): Promise<ProbeAnswer> {
    if (this.job.mode === "forward") return { steps: 0, updates: {} };
    return { steps: this.#steps, updates: await this.#updates() };
  }

  async close(): Promise<void> {}

  get #loaded(): Jax {
    return present(this.#jax);
  }

  /** Starts again from the initial weights, with or without dropout. */
  #begin(dropout: boolean): void {
    const jax = this.#loaded;
    for (const weight of Object.values(this.#weights)) weight.dispose();
    this.#weights = Object.fromEntries(
      [...this.job.parameters].map(([name, tensor]) => [name, this.#array(tensor)]),
    );
    this.#steps = 0;
    const layers = inferLayers(this.job.architecture);
    this.#dropouts = dropout ? layers.filter(({ layer }) => layer.kind === "dropout").length : 0;
    const { learningRate } = this.job.recipe.optimizer;
    // Without a key nothing is dropped.
    const forward = (weights: Weights, input: JaxArray, keys: readonly JaxArray[]): JaxArray => {
      const left = [...keys];
      return layers.reduce((x, { name, layer }) => {
        const key = layer.kind === "dropout" ? left.shift() : undefined;
        return applyLayer(jax, x, { name, layer }, weights, key);
      }, input);
    };
    const lossOf = (weights: Weights, { input, targets }: JaxBatch, keys: readonly JaxArray[]): JaxArray => {
      const scores = forward(weights, input, keys);
      const count = present(scores.shape[0]);
      return jax.nn
        .logSoftmax(scores)
        .mul(targets)
        .sum()
        .mul(-1 / count);
    };
    const step: Step = (weights, batch, keys) => {
      const kept = jax.tree.ref(weights) as Weights;
      const [loss, gradients] = jax.valueAndGrad(lossOf)(weights, batch, keys) as [JaxArray, Weights];
      const updated = Object.entries(kept).map(([name, weight]) => [
        name,
        weight.sub(present(gradients[name]).mul(learningRate)),
      ]);
      return [loss, Object.fromEntries(updated) as Weights];
    };
    this.#compiled = {
      step: jax.jit(step) as unknown as Step,
      predict: jax.jit((weights: Weights, input: JaxArray) =>
        forward(weights, input, []),
      ) as unknown as Predict,
    };
  }

  async #train(steps: number, batch: JaxBatch): Promise<readonly number[]> {
    const jax = this.#loaded;
    const losses: JaxArray[] = [];
    for (let step = 0; step < steps; step += 1) {
      const own = { input: batch.input.ref, targets: batch.targets.ref };
      const first = (this.#steps + step) * this.#dropouts;
      const keys = Array.from({ length: this.#dropouts }, (_, index) => jax.random.key(first + index));
      const [loss, weights] = present(this.#compiled).step(this.#weights, own, keys);
      losses.push(loss);
      this.#weights = weights;
    }
    const values = await Promise.all(losses.map(async (loss) => Number((await loss.data())[0])));
    await jax.blockUntilReady(this.#weights);
    this.#steps += steps;
    return values;
  }

  async #predict({ input }: JaxBatch): Promise<Float32Array> {
    const weights = this.#loaded.tree.ref(this.#weights) as Weights;
    return Float32Array.from(await present(this.#compiled).predict(weights, input.ref).data());
  }

  #batchOf({ input, labels }: Pick<LoadedJob, "input" | "labels">): JaxBatch {
    const { numpy, nn } = this.#loaded;
    const classes = classCount(this.job.architecture);
    const indices = numpy.array(Int32Array.from(labels), { dtype: numpy.int32 });
    return { input: this.#array(input), targets: nn.oneHot(indices, classes) };
  }

  #array({ shape, data }: Tensor): JaxArray {
    return this.#loaded.numpy.array(Float32Array.from(data)).reshape([...shape]);
  }

  async #updates(): Promise<Readonly<Record<string, number>>> {
    const now = new Map<string, Tensor>();
    for (const [name, weight] of Object.entries(this.#weights)) {
      const { shape } = entry(this.job.parameters, name);
      now.set(name, { shape, data: Float32Array.from(await weight.ref.data()) });
    }
    return updatesOf(now, this.job.parameters);
  }
}

/** The package says its version nowhere that a page could read: the bundler puts it here. */
declare const JAX_VERSION: string;

/** One layer of jax-js on an image batch in NCHW; dropout samples from `key`, and is off without one. */
function applyLayer(
  jax: Jax,
  x: JaxArray,
  { name, layer }: Pick<PlacedLayer, "name" | "layer">,
  weights: Weights,
  key: JaxArray | undefined,
): JaxArray {
  const { lax, nn, numpy } = jax;
  switch (layer.kind) {
    case "conv2d": {
      const [rows, columns] = layer.padding;
      const pads: [number, number][] = [
        [rows, rows],
        [columns, columns],
      ];
      const weight = present(weights[`${name}.weight`]);
      const output = lax.convGeneralDilated(x, weight, [...layer.stride], pads);
      const bias = weights[`${name}.bias`];
      return bias === undefined ? output : output.add(bias.reshape([1, -1, 1, 1]));
    }
    case "relu":
      return nn.relu(x);
    case "maxPool2d":
      return lax.reduceWindow(
        padForPool(jax, x, layer),
        (window) => numpy.max(window),
        [...layer.kernelSize],
        [...layer.stride],
      );
    case "dropout": {
      if (key === undefined) return x;
      const kept = jax.random.bernoulli(key, 1 - layer.rate, x.shape);
      return numpy.where(kept, x.mul(1 / (1 - layer.rate)), 0);
    }
    case "globalAvgPool2d":
      return x.mean([2, 3], { keepdims: true });
    case "flatten":
      return x.reshape([present(x.shape[0]), -1]);
    case "linear": {
      const weight = present(weights[`${name}.weight`]);
      return numpy.matmul(x, weight.transpose()).add(present(weights[`${name}.bias`]));
    }
    default:
      throw new BenchError(`the jax-js baseline has no layer ${layer.kind}`, "NIN_UNSUPPORTED");
  }
}

/** jax-js's windows have neither padding nor a ceil mode: what is outside the image is the lowest float. */
function padForPool(jax: Jax, x: JaxArray, { kernelSize, stride, padding, ceilMode }: MaxPool2d): JaxArray {
  const padsOf = (axis: 0 | 1): [number, number] => {
    const extent = present(x.shape[axis + 2]) + 2 * padding[axis];
    const windows = ceilMode ? Math.ceil((extent - kernelSize[axis]) / stride[axis]) + 1 : 0;
    const missing = Math.max(0, (windows - 1) * stride[axis] + kernelSize[axis] - extent);
    return [padding[axis], padding[axis] + missing];
  };
  const [rows, columns] = [padsOf(0), padsOf(1)];
  if (rows.concat(columns).every((extent) => extent === 0)) return x;
  const pads: [number, number][] = [[0, 0], [0, 0], rows, columns];
  // Its padding knows zeros alone.
  const inside = jax.numpy.pad(jax.numpy.ones([1, 1, ...x.shape.slice(2)]), pads);
  return jax.numpy.where(jax.numpy.greater(inside, 0), jax.numpy.pad(x, pads), LOWEST);
}
