import { type Evaluation, EvaluationSums, type Labels } from "@nin/backend";
import { predictedClasses, softmaxCrossEntropy } from "./loss.js";
import type { Runtime } from "./runtime.js";
import { hostValues } from "./tensor-store.js";
import type { DeviceTensor } from "./tensorflow.js";

interface EvaluatedPart {
  readonly labels: Labels;
  /** [N] each. */
  readonly losses: DeviceTensor;
  readonly predictions: DeviceTensor;
}

/** What evaluated batches gave, on the device until it is asked for. */
export class EvaluationLog {
  readonly #runtime: Runtime;
  readonly #classes: number;
  #parts: EvaluatedPart[] = [];

  constructor(runtime: Runtime, classes: number) {
    this.#runtime = runtime;
    this.#classes = classes;
  }

  /** Adds images. Shapes: scores [N, classes]. */
  add(scores: DeviceTensor, labels: Labels): void {
    const { tf } = this.#runtime;
    const { losses, predictions } = this.#runtime.tidy(() => ({
      losses: softmaxCrossEntropy(tf, scores, labels, labels.length).losses,
      predictions: predictedClasses(tf, scores),
    }));
    tf.keep(losses);
    tf.keep(predictions);
    this.#parts.push({ labels: labels.slice(), losses, predictions });
  }

  /** The sums so far; starts anew. */
  async take(): Promise<Evaluation> {
    const parts = this.#parts;
    this.#parts = [];
    const sums = new EvaluationSums(this.#classes);
    for (const { labels, losses, predictions } of parts) {
      const lossSum = (await hostValues(losses)).reduce((sum, loss) => sum + loss, 0);
      sums.addPredictions(await predictions.data(), labels, lossSum);
      this.#runtime.tf.dispose([losses, predictions]);
    }
    return sums.sums;
  }

  dispose(): void {
    for (const { losses, predictions } of this.#parts) this.#runtime.tf.dispose([losses, predictions]);
    this.#parts = [];
  }
}
