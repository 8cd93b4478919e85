/**
 * labels[n] = those of the data set's images at this micro-batch's indices.
 *
 * One invocation: one image. Dispatch: (images / 64).
 */
export const gatherLabelsWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> all: array<u32>;
@group(0) @binding(3) var<storage, read> indices: array<u32>;
@group(0) @binding(4) var<storage, read_write> labels: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x < run.images) { labels[id.x] = all[indices[run.firstImage + id.x]]; }
}
`;
