import { uniformStruct } from "../../device/uniform-struct.js";
import type { Command, Operand } from "../../program/command.js";
import { command, flatWorkgroups, kernel } from "../kernel.js";

const weightDims = uniformStruct({
  /** Of the window. */
  elements: "u32",
  inStride: "u32",
  outStride: "u32",
});

/**
 * Swaps the channels of a convolution's weights, for the gradient by its input.
 *
 * Layouts: weight [elements, inStride, outStride], result [elements, outStride, inStride].
 * One invocation: one element of the result. Dispatch: (its length / 64, the surplus over 65535).
 */
const swapChannelsWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> weight: array<f32>;
@group(0) @binding(3) var<storage, read_write> result: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let matrix = dims.inStride * dims.outStride;
  if (i >= dims.elements * matrix) { return; }
  let input = i % dims.inStride;
  let output = (i / dims.inStride) % dims.outStride;
  result[i] = weight[i / matrix * matrix + input * dims.outStride + output];
}
`;

const swapChannelsKernel = kernel({ name: "swap-channels", dims: weightDims, code: [swapChannelsWgsl] });

/** Swaps the channels of weights: [elements, inStride, outStride] to [elements, outStride, inStride]. */
export function swapChannels(
  dims: { readonly elements: number; readonly inStride: number; readonly outStride: number },
  operands: { readonly weight: Operand; readonly result: Operand },
): Command {
  return command({
    kernel: swapChannelsKernel,
    dims,
    operands,
    workgroups: () => flatWorkgroups(dims.elements * dims.inStride * dims.outStride),
  });
}
