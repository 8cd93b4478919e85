import type { Evaluation, Labels } from "@nin/backend";
import { at } from "@nin/spec";
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
    let lossSum = 0;
    let correct = 0;
    let images = 0;
    const confusion = Array.from({ length: this.#classes ** 2 }, () => 0);
    for (const { labels, losses, predictions } of parts) {
      lossSum += (await hostValues(losses)).reduce((sum, loss) => sum + loss, 0);
      const predicted = await predictions.data();
      labels.forEach((label, n) => {
        const prediction = at(predicted, n);
        const cell = label * this.#classes + prediction;
        confusion[cell] = at(confusion, cell) + 1;
        if (prediction === label) correct += 1;
      });
      images += labels.length;
      this.#runtime.tf.dispose([losses, predictions]);
    }
    return { count: images, lossSum, correct, confusion };
  }

  dispose(): void {
    for (const { losses, predictions } of this.#parts) this.#runtime.tf.dispose([losses, predictions]);
    this.#parts = [];
  }
}
