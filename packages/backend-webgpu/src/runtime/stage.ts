import { addLosses, countPredictions, softmaxCrossEntropy } from "../kernels/loss/loss.js";
import type { Network } from "../layers/network.js";
import type { Value } from "../layers/value.js";
import type { Command, Slot } from "../program/command.js";
import { isSlot, type MemoryPlan, planMemory } from "../program/plan-memory.js";

/** What a model does with a batch: scores; every layer's output; its loss and predictions; gradients. */
export type StageKind = "inference" | "outputs" | "evaluation" | "training";

/** A network's commands for one purpose, with a plan of its memory. */
export interface Stage {
  readonly kind: StageKind;
  readonly network: Network;
  /** Run once before the micro-batches of a batch: what depends on parameters alone. */
  readonly preparation: readonly Command[];
  readonly commands: readonly Command[];
  readonly plan: MemoryPlan;
}

/** Puts the commands of a stage together. */
export function buildStage(kind: StageKind, network: Network): Stage {
  const { scores, forward, outputs } = network;
  const gradient: Slot = { label: "gradient of scores", sizeBytes: scores.slot.sizeBytes };
  const commands = [
    ...forward,
    ...(kind === "evaluation" || kind === "training" ? lossCommands(scores, gradient) : []),
    ...(kind === "evaluation" ? [countPredictions(scores.channels, COUNTED)] : []),
    ...(kind === "training" ? network.backward(gradient) : []),
  ];
  const kept = kind === "outputs" ? [...outputs.values()] : kind === "inference" ? [scores] : [];
  const { preparation } = network;
  const plan = planMemory(commands, {
    input: network.input.slot,
    kept: kept.map(({ slot }) => slot),
    lasting: preparedSlots(preparation),
  });
  return { kind, network, preparation, commands, plan };
}

function preparedSlots(preparation: readonly Command[]): readonly Slot[] {
  return preparation.flatMap(({ operands }) => operands.filter(isSlot));
}

const LABELS = { region: "labels" } as const;
const LOSSES = { region: "losses" } as const;
const PREDICTIONS = { region: "predictions" } as const;
const COUNTED = { labels: LABELS, predictions: PREDICTIONS, confusion: { region: "confusion" } } as const;

function lossCommands(scores: Value, gradient: Slot): readonly Command[] {
  return [
    softmaxCrossEntropy(
      { classes: scores.channels, stride: scores.stride },
      { scores: scores.slot, labels: LABELS, gradient, losses: LOSSES, predictions: PREDICTIONS },
    ),
    addLosses(LOSSES, { region: "slots" }),
  ];
}

/** The most bytes of one binding that the stage's tensors need. */
export function largestTensorBytes({ plan }: Stage): number {
  return Math.max(0, ...plan.bufferBytes);
}

/** Bytes of all of the stage's tensors. */
export function tensorBytes({ plan }: Stage): number {
  return plan.bufferBytes.reduce((sum, bytes) => sum + bytes, 0);
}

/** Bytes of those that each micro-batch writes anew. */
export function microBatchBytes(stage: Stage): number {
  const prepared = preparedSlots(stage.preparation).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return tensorBytes(stage) - prepared;
}
