import { uniformStruct } from "../../device/uniform-struct.js";
import type { Command, Operand } from "../../program/command.js";
import { command, flatWorkgroups, kernel } from "../kernel.js";
import { philoxWgsl } from "./philox.wgsl.js";

const maskDims = uniformStruct({
  imageUnits: "u32",
  /** A unit is kept when its random bits are at least this. */
  threshold: "u32",
  /** Of the dropout among the architecture's layers. */
  layerIndex: "u32",
});

/**
 * Writes a dropout's random mask: bit e % 32 of kept[e / 32] says whether unit e of the whole batch, in flat NCHW
 * order, is kept. Sixteen random bits a unit; 8 units a counter.
 *
 * Layouts: kept covers this micro-batch's units, from the word that holds its first one.
 * One invocation: one word, four counters. Dispatch: (words / 64, surplus over 65535).
 */
const maskWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read_write> kept: array<u32>;

const DROPOUT = 4u;    // the purpose, the counter's last word

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let firstWord = uniforms.firstImage * dims.imageUnits / 32u;
  let endWord = ((uniforms.firstImage + uniforms.imageCount) * dims.imageUnits + 31u) / 32u;
  if (uniforms.training == 0u || i >= endWord - firstWord) { return; }
  var bits = 0u;
  for (var octet = 0u; octet < 4u; octet++) {
    let counter = vec4u((firstWord + i) * 4u + octet, dims.layerIndex, uniforms.step, DROPOUT);
    let words = philox(counter, uniforms.key);
    let low = vec4u((words & vec4u(0xffffu)) >= vec4u(dims.threshold));
    let high = vec4u((words >> vec4u(16u)) >= vec4u(dims.threshold));
    let pairs = (low | (high << vec4u(1u))) << vec4u(0u, 2u, 4u, 6u);
    bits |= (pairs.x | pairs.y | pairs.z | pairs.w) << (8u * octet);
  }
  kept[i] = bits;
}
`;

const applyDims = uniformStruct({
  channels: "u32",
  /** vec4s of a pixel. */
  channels4: "u32",
  pixels: "u32",
  /** Of a unit that is kept. */
  scale: "f32",
});

/**
 * result = input * scale where the unit is kept, else 0; the input itself outside training. Forward
 * and backward: the gradient goes the way the units went.
 *
 * Layouts: input, result [images, pixels, channels]; kept as `dropout-mask` writes it.
 * One invocation: 4 channels of a pixel. Dispatch: (vec4s / 64, surplus over 65535).
 */
const applyWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read> kept: array<u32>;
@group(0) @binding(4) var<storage, read_write> result: array<vec4f>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let pixel = i / dims.channels4;
  let image = pixel / dims.pixels;
  if (image >= uniforms.imageCount) { return; }
  let value = input[i];
  if (uniforms.training == 0u) {
    result[i] = value;
    return;
  }
  let imageUnits = dims.channels * dims.pixels;
  let firstWord = uniforms.firstImage * imageUnits / 32u;
  let channel = vec4u(i % dims.channels4 * 4u) + vec4u(0u, 1u, 2u, 3u);
  let unit = vec4u((uniforms.firstImage + image) * imageUnits + pixel % dims.pixels) + channel * dims.pixels;
  let word = unit / 32u - vec4u(firstWord);
  let words = vec4u(kept[word.x], kept[word.y], kept[word.z], kept[word.w]);
  let keep = ((words >> (unit & vec4u(31u))) & vec4u(1u)) == vec4u(1u);
  result[i] = select(vec4f(0), value * dims.scale, keep & (channel < vec4u(dims.channels)));
}
`;

const maskKernel = kernel({ name: "dropout-mask", dims: maskDims, code: [philoxWgsl, maskWgsl] });
const applyKernel = kernel({ name: "dropout-apply", dims: applyDims, code: [applyWgsl] });

/** Words that a micro-batch's mask takes: its units may begin in the middle of one. */
export function maskWords(imageUnits: number, imageCount: number): number {
  return Math.ceil((imageUnits * imageCount) / 32) + 1;
}

/** Writes the mask of a dropout at `layerIndex` of the architecture's layers. */
export function dropoutMask(
  dims: { readonly imageUnits: number; readonly threshold: number; readonly layerIndex: number },
  operands: { readonly kept: Operand },
): Command {
  return command({
    kernel: maskKernel,
    dims,
    operands,
    workgroups: (imageCount) => flatWorkgroups(maskWords(dims.imageUnits, imageCount)),
  });
}

/** Drops units, or the gradients of units that were dropped. */
export function dropoutApply(
  dims: {
    readonly channels: number;
    readonly stride: number;
    readonly pixels: number;
    readonly scale: number;
  },
  operands: { readonly input: Operand; readonly kept: Operand; readonly result: Operand },
): Command {
  const { channels, stride, pixels, scale } = dims;
  const channels4 = stride / 4;
  return command({
    kernel: applyKernel,
    dims: { channels, channels4, pixels, scale },
    operands,
    workgroups: (imageCount) => flatWorkgroups(imageCount * pixels * channels4),
  });
}
