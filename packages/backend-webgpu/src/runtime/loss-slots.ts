import type { Evaluation, Metrics } from "@nin/backend";
import { at } from "@nin/spec";
import { encodeRead, type PendingRead } from "../device/buffers.js";
import { type GpuNetwork, LOSS_SLOTS } from "./gpu-network.js";

interface Entry {
  readonly kind: "step" | "evaluation";
  readonly count: number;
}

interface Pending {
  readonly entries: readonly Entry[];
  readonly read: PendingRead;
}

/**
 * Losses that stay on the device until they are read. A step or an evaluation takes the next slot; when all are used,
 * they are copied to other buffers, without waiting.
 */
export class LossSlots {
  readonly #network: GpuNetwork;
  #entries: Entry[] = [];
  #pending: Pending[] = [];

  constructor(network: GpuNetwork) {
    this.#network = network;
    this.#clear();
    const { device } = network.context;
    const encoder = device.createCommandEncoder();
    encoder.clearBuffer(network.persistent.ensure("confusion", network.confusionBytes));
    device.queue.submit([encoder.finish()]);
  }

  /** The slot of a step or an evaluation. */
  take(kind: Entry["kind"], count: number): number {
    if (this.#entries.length === this.#network.scratchLossSlot) this.#copyAside();
    return this.#entries.push({ kind, count }) - 1;
  }

  /** Waits for the device and starts again from nothing. Losses are added up in float64, in order. */
  async metrics(): Promise<Metrics> {
    const { context, persistent, classes } = this.#network;
    this.#copyAside();
    const encoder = context.device.createCommandEncoder();
    const confusionBuffer = persistent.ensure("confusion", 0);
    const confusionRead = encodeRead(context, encoder, confusionBuffer, classes * classes * 4);
    encoder.clearBuffer(confusionBuffer);
    context.device.queue.submit([encoder.finish()]);
    const pending = this.#pending;
    this.#pending = [];
    const losses: number[] = [];
    let count = 0;
    let lossSum = 0;
    for (const { entries, read } of pending) {
      const sums = new Float32Array(await read.take());
      entries.forEach((entry, slot) => {
        const sum = at(sums, slot);
        if (entry.kind === "step") {
          losses.push(sum / entry.count);
          return;
        }
        count += entry.count;
        lossSum += sum;
      });
    }
    const confusion = [...new Uint32Array(await confusionRead.take())];
    return { losses, evaluation: evaluationOf(count, lossSum, confusion, classes) };
  }

  /** Frees losses that no `metrics` asked for. */
  dispose(): void {
    for (const { read } of this.#pending) read.drop();
    this.#pending = [];
  }

  #copyAside(): void {
    if (this.#entries.length === 0) return;
    const { context, persistent } = this.#network;
    const encoder = context.device.createCommandEncoder();
    const read = encodeRead(context, encoder, persistent.ensure("lossSlots", 0), LOSS_SLOTS * 4);
    context.device.queue.submit([encoder.finish()]);
    this.#pending.push({ entries: this.#entries, read });
    this.#entries = [];
    this.#clear();
  }

  #clear(): void {
    const { context, persistent } = this.#network;
    const encoder = context.device.createCommandEncoder();
    encoder.clearBuffer(persistent.ensure("lossSlots", 0));
    context.device.queue.submit([encoder.finish()]);
  }
}

function evaluationOf(
  count: number,
  lossSum: number,
  confusion: readonly number[],
  classes: number,
): Evaluation {
  const correct = confusion
    .filter((_, cell) => cell % (classes + 1) === 0)
    .reduce((sum, count) => sum + count, 0);
  return { count, lossSum, correct, confusion };
}
