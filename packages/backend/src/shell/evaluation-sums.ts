import { at } from "@nin/spec";
import type { Labels } from "../contract/batch.js";
import type { Evaluation } from "../contract/training-session.js";
import { crossEntropy } from "../loss/cross-entropy.js";

/** Adds up the scores of evaluated batches on the host, losses in float64. */
export class EvaluationSums {
  readonly #classes: number;
  readonly #confusion: number[];
  #count = 0;
  #lossSum = 0;
  #correct = 0;

  constructor(classes: number) {
    this.#classes = classes;
    this.#confusion = Array.from({ length: classes * classes }, () => 0);
  }

  /** Adds a batch. Shapes: scores [N, classes], labels [N]. */
  add(scores: Float32Array | Float64Array, labels: Labels): void {
    labels.forEach((label, image) => {
      const own = scores.subarray(image * this.#classes, (image + 1) * this.#classes);
      const { loss, predictedClass } = crossEntropy(own, label);
      const cell = label * this.#classes + predictedClass;
      this.#confusion[cell] = at(this.#confusion, cell) + 1;
      this.#count += 1;
      this.#lossSum += loss;
      if (predictedClass === label) this.#correct += 1;
    });
  }

  /** The sums so far. */
  get evaluation(): Evaluation {
    return {
      count: this.#count,
      lossSum: this.#lossSum,
      correct: this.#correct,
      confusion: [...this.#confusion],
    };
  }
}
