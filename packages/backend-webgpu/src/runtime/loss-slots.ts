import type { Evaluation, Metrics } from "@nin/backend";
import { encodeRead, type PendingRead } from "../device/read-buffer.js";
import { type Engine, LOSS_SLOTS } from "./engine.js";

interface Entry {
  readonly kind: "step" | "evaluation";
  readonly images: number;
}

interface Pending {
  readonly entries: readonly Entry[];
  readonly read: PendingRead;
}

/**
 * Losses that wait on the device. A step or an evaluation takes the next slot; when all are used
 * they are copied aside, without waiting.
 */
export class LossSlots {
  readonly #engine: Engine;
  #entries: Entry[] = [];
  #pending: Pending[] = [];

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#clear();
    const { device } = engine.context;
    const encoder = device.createCommandEncoder();
    encoder.clearBuffer(engine.regions.ensure("confusion", engine.confusionBytes));
    device.queue.submit([encoder.finish()]);
  }

  /** The slot of a step or an evaluation. */
  take(kind: Entry["kind"], images: number): number {
    if (this.#entries.length === this.#engine.scratchSlot) this.#copyAside();
    return this.#entries.push({ kind, images }) - 1;
  }

  /** Waits for the device; starts anew. Sums are made in float64, in order. */
  async metrics(): Promise<Metrics> {
    const { context, regions, classes } = this.#engine;
    this.#copyAside();
    const encoder = context.device.createCommandEncoder();
    const confusionBuffer = regions.ensure("confusion", 0);
    const confusionRead = encodeRead(context, encoder, confusionBuffer, classes * classes * 4);
    encoder.clearBuffer(confusionBuffer);
    context.device.queue.submit([encoder.finish()]);
    const pending = this.#pending;
    this.#pending = [];
    const losses: number[] = [];
    let images = 0;
    let lossSum = 0;
    for (const { entries, read } of pending) {
      const sums = new Float32Array(await read.take());
      entries.forEach((entry, slot) => {
        const sum = sums[slot] ?? 0;
        if (entry.kind === "step") {
          losses.push(sum / entry.images);
          return;
        }
        images += entry.images;
        lossSum += sum;
      });
    }
    const confusion = [...new Uint32Array(await confusionRead.take())];
    return { losses, evaluation: evaluationOf(images, lossSum, confusion, classes) };
  }

  /** Frees what no `metrics` asked for. */
  dispose(): void {
    for (const { read } of this.#pending) read.drop();
    this.#pending = [];
  }

  #copyAside(): void {
    if (this.#entries.length === 0) return;
    const { context, regions } = this.#engine;
    const encoder = context.device.createCommandEncoder();
    const read = encodeRead(context, encoder, regions.ensure("slots", 0), LOSS_SLOTS * 4);
    context.device.queue.submit([encoder.finish()]);
    this.#pending.push({ entries: this.#entries, read });
    this.#entries = [];
    this.#clear();
  }

  #clear(): void {
    const { context, regions } = this.#engine;
    const encoder = context.device.createCommandEncoder();
    encoder.clearBuffer(regions.ensure("slots", 0));
    context.device.queue.submit([encoder.finish()]);
  }
}

function evaluationOf(
  images: number,
  lossSum: number,
  confusion: readonly number[],
  classes: number,
): Evaluation {
  const correct = confusion
    .filter((_, cell) => cell % (classes + 1) === 0)
    .reduce((sum, count) => sum + count, 0);
  return { count: images, lossSum, correct, confusion };
}
