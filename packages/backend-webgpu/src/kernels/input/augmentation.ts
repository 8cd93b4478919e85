import { type Augmentation, flipThreshold, PURPOSE } from "@nin/spec";
import { uniformStruct } from "../../device/uniform-struct.js";
import type { Command, Operand } from "../../program/command.js";
import { philoxWgsl } from "../elementwise/philox.wgsl.js";
import { command, flatWorkgroups, kernel } from "../kernel.js";

const drawDims = uniformStruct({
  /** Units: pixels. */
  cropPadding: "u32",
  /** Whether any image is flipped. */
  flips: "flag",
  /** The largest random word that flips an image: at a probability of 1 it is the largest there is. */
  lastFlipped: "u32",
});

/**
 * Draws how each image of this micro-batch is augmented, by its position in the data set, as `imageAugmentations` of
 * `@nin/spec` does: whether it is flipped, and the offset of its crop, `floor(word * (2p + 1) / 2^32) - p`.
 *
 * Layouts: indices [batch]; augmentations [images], (flipped, dy, dx, 0) each.
 * One invocation: one image. Dispatch: (images / 64).
 */
const drawWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> indices: array<u32>;
@group(0) @binding(3) var<storage, read_write> augmentations: array<vec4i>;

const AUGMENTATION = ${PURPOSE.augmentation}u;    // the purpose, the counter's last word

fn offset(word: u32) -> i32 {
  return i32(highWord(word, 2u * dims.cropPadding + 1u)) - i32(dims.cropPadding);
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= uniforms.imageCount) { return; }
  let counter = vec4u(indices[uniforms.firstImage + id.x], 0u, uniforms.epoch, AUGMENTATION);
  let words = philox(counter, uniforms.key);
  let flipped = dims.flips != 0u && words.x <= dims.lastFlipped;
  augmentations[id.x] = vec4i(select(0, 1, flipped), offset(words.y), offset(words.z), 0);
}
`;

const drawKernel = kernel({ name: "draw-augmentations", dims: drawDims, code: [philoxWgsl, drawWgsl] });

/** Bytes of an image's augmentation. */
export const AUGMENTATION_BYTES = 4 * Int32Array.BYTES_PER_ELEMENT;

/** Draws the augmentations of the images at a batch's indices. */
export function drawAugmentations(
  augmentation: Augmentation,
  operands: { readonly indices: Operand; readonly augmentations: Operand },
): Command {
  const threshold = flipThreshold(augmentation);
  return command({
    kernel: drawKernel,
    dims: {
      cropPadding: augmentation.cropPadding,
      flips: threshold > 0,
      lastFlipped: Math.max(0, threshold - 1),
    },
    operands,
    workgroups: (imageCount) => flatWorkgroups(imageCount),
  });
}

/** How the preprocessing kernel reads the byte at (startY + ty, startX + tx) of a plane. */
export interface ByteReader {
  /** Bindings from 8 on, and functions. */
  readonly declarations: string;
  /** A statement for each row of a window. */
  readonly row: string;
  readonly byte: string;
  /** Statements for each image, the n-th of the micro-batch. */
  readonly image: string;
}

/** `in[y + dy][x' + dx]`, with `x' = width - 1 - x` where the image is flipped, else `x`; 0 outside the image. */
export const movedBytes: ByteReader = {
  declarations: /* wgsl */ `@group(0) @binding(8) var<storage, read> augmentations: array<vec4i>;

var<private> moved: vec4i;

fn movedByteAt(plane: u32, y: i32, x: u32) -> i32 {
  let fromX = i32(select(x, dims.imageWidth - 1u - x, moved.x != 0)) + moved.z;
  let isInside = y >= 0 && y < i32(dims.imageHeight) && fromX >= 0 && fromX < i32(dims.imageWidth);
  if (!isInside) { return 0; }
  return byteAt(plane + u32(y) * dims.imageWidth + u32(fromX));
}

`,
  row: "let fromY = i32(startY + ty) + moved.y",
  byte: "movedByteAt(plane, fromY, startX + tx)",
  image: "  moved = augmentations[n];\n",
};
