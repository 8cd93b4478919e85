import type { Evaluation, Labels } from "@nin/backend";
import type { ReferenceParts } from "./reference-parts.js";
import type { Tensor64 } from "./tensors/tensor64.js";

/** Sums over evaluated batches. */
export class EvaluationSums {
  readonly #classes: number;
  readonly #parts: ReferenceParts;
  #images = 0;
  #lossSum = 0;
  #confusion: number[];

  constructor(classes: number, parts: ReferenceParts) {
    this.#classes = classes;
    this.#parts = parts;
    this.#confusion = zeroCounts(classes);
  }

  /** Adds a batch. Shapes: scores [N, classes]. */
  add(scores: Tensor64, labels: Labels): void {
    this.#images += labels.length;
    this.#lossSum += this.#parts.loss(scores, labels).mean * labels.length;
    this.#parts.predictedClasses(scores, labels.length).forEach((prediction, n) => {
      const cell = (labels[n] ?? 0) * this.#classes + prediction;
      this.#confusion[cell] = (this.#confusion[cell] ?? 0) + 1;
    });
  }

  /** The sums so far; starts anew. */
  take(): Evaluation {
    const confusion = this.#confusion;
    const onDiagonal = confusion.filter((_, cell) => cell % (this.#classes + 1) === 0);
    const correct = onDiagonal.reduce((sum, count) => sum + count, 0);
    const evaluation = { count: this.#images, lossSum: this.#lossSum, correct, confusion };
    this.#images = 0;
    this.#lossSum = 0;
    this.#confusion = zeroCounts(this.#classes);
    return evaluation;
  }
}

function zeroCounts(classes: number): number[] {
  return Array.from({ length: classes * classes }, () => 0);
}
