import { uniformStruct } from "../../device/uniform-struct.js";
import type { Command, Operand } from "../../program/command.js";
import { type ConvolutionDims, rowsPerImage } from "../convolution/geometry.js";
import { command, flatWorkgroups, kernel } from "../kernel.js";
import type { MatmulKernel } from "../matmul/matmul.js";
import type { Segments } from "./weight-gradient.js";

const partialDims = uniformStruct({
  /** vec4s of one segment's sums, and from one segment to the next. */
  length4: "u32",
  partialStride4: "u32",
  segmentRows: "u32",
  rowsPerImage: "u32",
});

/**
 * gradient[i] = sum over segments of partial[segment][i], added to the earlier micro-batches' where
 * uniforms.accumulate says so.
 *
 * Layouts: partial [segments, partialStride]; gradient [length], both as vec4s. One workgroup of
 * VECTORS by SEGMENTS invocations: VECTORS vec4s. Each adds up every SEGMENTS-th segment, then the first
 * VECTORS what the others found. Dispatch: (length / 4 / VECTORS, its surplus over 65535).
 */
const addPartialsWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> partial: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> gradient: array<vec4f>;

override VECTORS: u32;
override SEGMENTS: u32;

var<workgroup> sums: array<vec4f, 256>;  // [SEGMENTS, VECTORS]

@compute @workgroup_size(VECTORS, SEGMENTS)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_id) local: vec3u,
) {
  let i = (group.x + group.y * groups.x) * VECTORS + local.x;
  let rows = uniforms.imageCount * dims.rowsPerImage;
  let segments = (rows + dims.segmentRows - 1u) / dims.segmentRows;
  var sum = vec4f(0);
  if (i < dims.length4) {
    for (var segment = local.y; segment < segments; segment += SEGMENTS) {
      sum += partial[segment * dims.partialStride4 + i];
    }
  }
  if (SEGMENTS > 1u) {
    sums[local.y * VECTORS + local.x] = sum;
    workgroupBarrier();
    if (local.y > 0u) { return; }
    for (var other = 1u; other < SEGMENTS; other++) { sum += sums[other * VECTORS + local.x]; }
  }
  if (i >= dims.length4) { return; }
  if (uniforms.accumulate == 1u) { sum += gradient[i]; }
  gradient[i] = sum;
}
`;

const addPartialsKernel = kernel({ name: "add-partials", dims: partialDims, code: [addPartialsWgsl] });

/** Many segments are added up by many invocations: one alone would wait for each. */
const ADDING = {
  few: { VECTORS: 64, SEGMENTS: 1 },
  many: { VECTORS: 16, SEGMENTS: 16 },
} as const;

/** Adds up the segments' sums. */
export function addPartials(
  dims: ConvolutionDims,
  segments: Segments,
  operands: { readonly partial: Operand; readonly gradient: Operand },
  { sharedSums }: Pick<MatmulKernel, "sharedSums">,
): Command {
  const length4 = segments.stride / 4;
  const constants = sharedSums && segments.count >= 2 * ADDING.many.SEGMENTS ? ADDING.many : ADDING.few;
  return command({
    kernel: addPartialsKernel,
    constants,
    dims: {
      length4,
      partialStride4: length4,
      segmentRows: segments.rows,
      rowsPerImage: rowsPerImage(dims),
    },
    operands,
    workgroups: () => flatWorkgroups(length4, constants.VECTORS),
  });
}
