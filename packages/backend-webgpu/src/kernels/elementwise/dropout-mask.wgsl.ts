/**
 * Draws a dropout's mask: bit e % 32 of kept[e / 32] tells whether unit e of the whole batch, in flat
 * NCHW order, is kept. Sixteen random bits a unit; 8 units a counter.
 *
 * Layouts: kept covers this micro-batch's units, from the word that holds its first one.
 * One invocation: one word, four counters. Dispatch: (words / 64, surplus over 65535).
 */
export const dropoutMaskWgsl = /* wgsl */ `
struct Dims {
  imageUnits: u32,
  threshold: u32,      // a unit is kept when its bits are at least this
  position: u32,       // of the dropout in the architecture's layers
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read_write> kept: array<u32>;

const DROPOUT = 4u;    // the purpose, the counter's last word

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let firstWord = run.firstImage * dims.imageUnits / 32u;
  let endWord = ((run.firstImage + run.images) * dims.imageUnits + 31u) / 32u;
  if (run.training == 0u || i >= endWord - firstWord) { return; }
  var bits = 0u;
  for (var octet = 0u; octet < 4u; octet++) {
    let counter = vec4u((firstWord + i) * 4u + octet, dims.position, run.step, DROPOUT);
    let words = philox(counter, vec2u(run.keyLow, run.keyHigh));
    let low = vec4u((words & vec4u(0xffffu)) >= vec4u(dims.threshold));
    let high = vec4u((words >> vec4u(16u)) >= vec4u(dims.threshold));
    let pairs = (low | (high << vec4u(1u))) << vec4u(0u, 2u, 4u, 6u);
    bits |= (pairs.x | pairs.y | pairs.z | pairs.w) << (8u * octet);
  }
  kept[i] = bits;
}
`;
