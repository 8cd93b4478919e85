import { at } from "@nin/spec";
import type { Labels } from "../contract/batch.js";
import type { Evaluation } from "../contract/training-session.js";
import { crossEntropy } from "../loss/cross-entropy.js";

/**
 * Sums over evaluated batches, made on the host. It holds classes x classes counts: make one when there is something to
 * evaluate, as a network that ends in an image has very many classes.
 */
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

  /** Adds a batch by its scores, losses in float64. Shapes: scores [N, classes], labels [N]. */
  addScores(scores: Float32Array | Float64Array, labels: Labels): void {
    labels.forEach((label, image) => {
      const own = scores.subarray(image * this.#classes, (image + 1) * this.#classes);
      const { loss, predictedClass } = crossEntropy(own, label);
      this.#lossSum += loss;
      this.#addPrediction(predictedClass, label);
    });
  }

  /** Adds a batch that was evaluated elsewhere. Shapes: predictions [N], labels [N]. */
  addPredictions(predictions: ArrayLike<number>, labels: Labels, lossSum: number): void {
    this.#lossSum += lossSum;
    for (const [image, label] of labels.entries()) this.#addPrediction(at(predictions, image), label);
  }

  #addPrediction(prediction: number, label: number): void {
    const cell = label * this.#classes + prediction;
    this.#confusion[cell] = at(this.#confusion, cell) + 1;
    this.#count += 1;
    if (prediction === label) this.#correct += 1;
  }

  /** The sums so far. */
  get sums(): Evaluation {
    const confusion = [...this.#confusion];
    return { count: this.#count, lossSum: this.#lossSum, correct: this.#correct, confusion };
  }
}
