import { classCount, type Tensor } from "@nin/spec";
import type * as Tf from "@tensorflow/tfjs-core";
import { BenchError } from "../protocol/errors.js";
import type { CheckAnswer, Opened, ProbeAnswer } from "../protocol/messages.js";
import type { ServedImplementation, StepsResult } from "../protocol/served.js";
import { firstOf, type LoadedJob } from "../workload/loaded-job.js";
import { l2Norm, updatesOf } from "../workload/norms.js";

const CHECKED_STEPS = 2;

/** TensorFlow.js, loaded and on its backend. */
export interface LoadedTensorFlow {
  readonly tf: typeof Tf;
  readonly versions: Readonly<Record<string, string>>;
}

/** A batch in TensorFlow's layout. */
export interface TfjsBatch {
  /** Shape: [N, H, W, C]. */
  readonly input: Tf.Tensor;
  /** One-hot. Shape: [N, classes]. */
  readonly targets: Tf.Tensor;
}

/** An error that says: this program does not do that. */
export function unsupported(message: string): BenchError {
  return new BenchError(message, "NIN_UNSUPPORTED");
}

/** A baseline in TensorFlow.js, in Node or in a page: what its programs share. */
export abstract class TfjsProgram implements ServedImplementation {
  #tf: typeof Tf | undefined;
  #steps = 0;
  #batch: TfjsBatch | undefined;

  constructor(
    readonly job: LoadedJob,
    private readonly load: () => Promise<LoadedTensorFlow>,
  ) {}

  /** Starts again from the initial weights. */
  abstract begin(dropout: boolean): void;
  /** The loss of each step. */
  abstract train(steps: number, batch: TfjsBatch): Promise<readonly number[]>;
  abstract predict(batch: TfjsBatch): Promise<ArrayLike<number>>;
  /** The variables by parameter name. */
  abstract weights(): ReadonlyMap<string, Tf.Tensor>;

  get tf(): typeof Tf {
    if (this.#tf === undefined) throw new BenchError("the implementation is not open");
    return this.#tf;
  }

  async open(): Promise<Opened> {
    const begin = performance.now();
    const { optimizer } = this.job.recipe;
    if (optimizer.kind !== "sgd" || optimizer.momentum !== 0 || optimizer.weightDecay !== 0) {
      throw unsupported("the TensorFlow.js baseline has plain SGD only");
    }
    const { tf, versions } = await this.load();
    this.#tf = tf;
    const loadMs = performance.now() - begin;
    this.begin(true);
    const compileMs = performance.now() - begin - loadMs;
    return { loadMs, compileMs, versions, device: tf.getBackend() };
  }

  async check(): Promise<CheckAnswer> {
    this.begin(false);
    const batch = this.#batchOf(firstOf(this.job, this.job.checkedImages));
    const scores = Array.from(await this.predict(batch));
    const losses = await this.train(CHECKED_STEPS, batch);
    const updates = await this.#updates();
    this.begin(true);
    return { scores, losses, updates, dropout: "off" };
  }

  async run(steps: number): Promise<StepsResult> {
    this.#batch ??= this.#batchOf(this.job);
    if (this.job.mode === "forward") {
      let scores: ArrayLike<number> = [];
      for (let step = 0; step < steps; step += 1) scores = await this.predict(this.#batch);
      return { scoresNorm: l2Norm(scores) };
    }
    this.#steps += steps;
    return { losses: await this.train(steps, this.#batch) };
  }

  async probe(): Promise<ProbeAnswer> {
    if (this.job.mode === "forward") return { steps: 0, updates: {} };
    return { steps: this.#steps, updates: await this.#updates() };
  }

  async close(): Promise<void> {}

  /** OIHW to HWIO; a linear layer's weights stay as they are. */
  toTensorFlow({ shape, data }: Tensor): Tf.Tensor {
    return this.tf.tidy(() => {
      const tensor = this.tf.tensor(Float32Array.from(data), [...shape]);
      return shape.length === 4 ? this.tf.transpose(tensor, [2, 3, 1, 0]) : tensor;
    });
  }

  #batchOf({ input, labels }: Pick<LoadedJob, "input" | "labels">): TfjsBatch {
    const { tf } = this;
    const classes = classCount(this.job.architecture);
    return {
      input: tf.tidy(() =>
        tf.transpose(tf.tensor(Float32Array.from(input.data), [...input.shape]), [0, 2, 3, 1]),
      ),
      targets: tf.tidy(() =>
        tf.cast(tf.oneHot(tf.tensor1d(Int32Array.from(labels), "int32"), classes), "float32"),
      ),
    };
  }

  async #updates(): Promise<Readonly<Record<string, number>>> {
    const now = new Map<string, Tensor>();
    for (const [name, weight] of this.weights()) {
      const oihw = this.tf.tidy(() =>
        weight.rank === 4 ? this.tf.transpose(weight, [3, 2, 0, 1]) : this.tf.clone(weight),
      );
      now.set(name, { shape: oihw.shape, data: Float32Array.from(await oihw.data()) });
      oihw.dispose();
    }
    return updatesOf(now, this.job.parameters);
  }
}
