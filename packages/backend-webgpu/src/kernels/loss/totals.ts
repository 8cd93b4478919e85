import { uniformStruct } from "../../device/uniform-struct.js";
import type { Command, Operand } from "../../program/command.js";
import { command, kernel, NO_DIMS } from "../kernel.js";

/**
 * Adds a micro-batch's losses to its step's slot.
 *
 * Layouts: losses [images]; slots [any number]. One invocation does it all. Dispatch: (1).
 */
const addLossesWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> losses: array<f32>;
@group(0) @binding(3) var<storage, read_write> lossSlots: array<f32>;

@compute @workgroup_size(1)
fn main() {
  var sum = 0f;
  for (var n = 0u; n < uniforms.imageCount; n++) { sum += losses[n]; }
  lossSlots[uniforms.lossSlot] += sum;
}
`;

const confusionDims = uniformStruct({ classes: "u32" });

/**
 * Counts an evaluated micro-batch's predictions.
 *
 * Layouts: labels, predictions [images]; confusion [classes, classes]: row the label, column the
 * prediction. One invocation does it all. Dispatch: (1).
 */
const countPredictionsWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read> predictions: array<u32>;
@group(0) @binding(4) var<storage, read_write> confusion: array<u32>;

@compute @workgroup_size(1)
fn main() {
  for (var n = 0u; n < uniforms.imageCount; n++) {
    confusion[labels[n] * dims.classes + predictions[n]] += 1u;
  }
}
`;

const addLossesKernel = kernel({ name: "add-losses", dims: NO_DIMS, code: [addLossesWgsl] });
const countPredictionsKernel = kernel({
  name: "count-predictions",
  dims: confusionDims,
  code: [countPredictionsWgsl],
});

/** Adds losses to the step's slot. */
export function addLosses(operands: { readonly losses: Operand; readonly lossSlots: Operand }): Command {
  return command({ kernel: addLossesKernel, dims: {}, operands, workgroups: () => [1, 1, 1] });
}

/** Counts predictions by label. */
export function countPredictions(
  dims: { readonly classes: number },
  operands: { readonly labels: Operand; readonly predictions: Operand; readonly confusion: Operand },
): Command {
  return command({ kernel: countPredictionsKernel, dims, operands, workgroups: () => [1, 1, 1] });
}
