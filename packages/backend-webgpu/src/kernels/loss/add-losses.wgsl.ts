/**
 * Adds a micro-batch's losses to its step's slot.
 *
 * Layouts: losses [images]; slots [any number]. One invocation does it all. Dispatch: (1).
 */
export const addLossesWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> losses: array<f32>;
@group(0) @binding(3) var<storage, read_write> slots: array<f32>;

@compute @workgroup_size(1)
fn main() {
  var sum = 0f;
  for (var n = 0u; n < run.images; n++) { sum += losses[n]; }
  slots[run.slot] += sum;
}
`;
