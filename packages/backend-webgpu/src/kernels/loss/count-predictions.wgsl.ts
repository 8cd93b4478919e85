/**
 * Counts an evaluated micro-batch's predictions.
 *
 * Layouts: labels, predictions [images]; confusion [classes, classes]: row the label, column the
 * prediction. One invocation does it all. Dispatch: (1).
 */
export const countPredictionsWgsl = /* wgsl */ `
struct Dims { classes: u32 }
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> labels: array<u32>;
@group(0) @binding(3) var<storage, read> predictions: array<u32>;
@group(0) @binding(4) var<storage, read_write> confusion: array<u32>;

@compute @workgroup_size(1)
fn main() {
  for (var n = 0u; n < run.images; n++) {
    confusion[labels[n] * dims.classes + predictions[n]] += 1u;
  }
}
`;
