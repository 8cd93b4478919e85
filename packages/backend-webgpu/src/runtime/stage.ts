import { softmaxCrossEntropy } from "../kernels/loss/softmax-cross-entropy.js";
import { addLosses, countPredictions } from "../kernels/loss/totals.js";
import type { Network } from "../layers/network.js";
import type { Value } from "../layers/value.js";
import type { Command, TensorRef } from "../program/command.js";
import { type MemoryPlan, planMemory, tensorsOf } from "../program/plan-memory.js";

/** What a model computes from a batch: scores; every layer's output; loss and predictions; gradients. */
export type StageKind = "inference" | "outputs" | "evaluation" | "training";

/** A network's commands for one purpose, with a plan of its memory. */
export interface Stage {
  readonly kind: StageKind;
  readonly network: Network;
  /** Runs once before the micro-batches of a batch: what depends on parameters alone. */
  readonly prologue: readonly Command[];
  readonly commands: readonly Command[];
  readonly plan: MemoryPlan;
}

/** The commands of a stage, and the plan of their memory. */
export function buildStage(kind: StageKind, network: Network): Stage {
  const { scores, forward, outputs } = network;
  const gradient: TensorRef = { label: "gradient of scores", sizeBytes: scores.tensor.sizeBytes };
  const commands = [
    ...forward,
    ...(kind === "evaluation" || kind === "training" ? lossCommands(scores, gradient) : []),
    ...(kind === "evaluation" ? [countPredictions({ classes: scores.channels }, COUNTED)] : []),
    ...(kind === "training" ? network.backward(gradient) : []),
  ];
  const kept = kind === "outputs" ? [...outputs.values()] : kind === "inference" ? [scores] : [];
  const { prologue } = network;
  const plan = planMemory(commands, {
    input: network.input.tensor,
    kept: kept.map(({ tensor: slot }) => slot),
    lasting: tensorsOf(prologue),
  });
  return { kind, network, prologue, commands, plan };
}

const LABELS = { buffer: "labels" } as const;
const LOSSES = { buffer: "losses" } as const;
const PREDICTIONS = { buffer: "predictions" } as const;
const COUNTED = { labels: LABELS, predictions: PREDICTIONS, confusion: { buffer: "confusion" } } as const;

function lossCommands(scores: Value, gradient: TensorRef): readonly Command[] {
  return [
    softmaxCrossEntropy(
      { classes: scores.channels, stride: scores.stride },
      { scores: scores.tensor, labels: LABELS, gradient, losses: LOSSES, predictions: PREDICTIONS },
    ),
    addLosses({ losses: LOSSES, lossSlots: { buffer: "lossSlots" } }),
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

/** Bytes of the tensors that each micro-batch writes anew. */
export function microBatchBytes(stage: Stage): number {
  const prepared = tensorsOf(stage.prologue).reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  return tensorBytes(stage) - prepared;
}
