import type { ImageFormat } from "@nin/backend";
import { uniformStruct } from "../../device/uniform-struct.js";
import type { Command, Operand } from "../../program/command.js";
import { command, flatWorkgroups, kernel } from "../kernel.js";
import { type ByteReader, movedBytes } from "./augmentation.js";
import type { InputDims } from "./pack-input.js";

const preprocessDims = uniformStruct({
  imageChannels: "u32",
  imageHeight: "u32",
  imageWidth: "u32",
  channels: "u32",
  height: "u32",
  width: "u32",
  /** Floats of a pixel of the result. */
  stride: "u32",
  tapsY: "u32",
  tapsX: "u32",
});

/**
 * Gathers images from bytes by index, resizes them bit-exactly as Pillow does (along the width,
 * rounded to bytes, then along the height), and looks each byte's value up: scaled, normalized.
 *
 * Layouts: images as bytes, NCHW, 4 a word; indices [batch], or none with DIRECT; axis tables as
 * `resizeAxis` makes them: taps weights a position; values [channels, 256]; result
 * [images, height, width, stride], zeros past the last channel.
 * One invocation: one pixel. Dispatch: (pixels / 64, surplus over 65535).
 */
const preprocessWgsl = (reader: ByteReader): string => /* wgsl */ `
@group(0) @binding(2) var<storage, read> images: array<u32>;
@group(0) @binding(3) var<storage, read> indices: array<u32>;
@group(0) @binding(4) var<storage, read> starts: array<u32>;        // height of them, then width
@group(0) @binding(5) var<storage, read> coefficients: array<i32>;  // in the same order
@group(0) @binding(6) var<storage, read> values: array<f32>;
@group(0) @binding(7) var<storage, read_write> result: array<f32>;

override DIRECT: bool = false;

const HALF = 1 << 21u;

fn byteAt(position: u32) -> i32 {
  return i32((images[position / 4u] >> (8u * (position % 4u))) & 0xffu);
}

${reader.declarations}fn resized(plane: u32, y: u32, x: u32) -> u32 {
  let startY = starts[y];
  let startX = starts[dims.height + x];
  var sum = HALF;
  for (var ty = 0u; ty < dims.tapsY; ty++) {
    ${reader.row};
    var rowSum = HALF;
    for (var tx = 0u; tx < dims.tapsX; tx++) {
      rowSum += coefficients[dims.height * dims.tapsY + x * dims.tapsX + tx] * ${reader.byte};
    }
    sum += coefficients[y * dims.tapsY + ty] * clamp(rowSum >> 22u, 0, 255);
  }
  return u32(clamp(sum >> 22u, 0, 255));
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = id.x + id.y * groups.x * 64u;
  let plane = dims.height * dims.width;
  let n = i / plane;
  if (n >= uniforms.imageCount) { return; }
  let y = i % plane / dims.width;
  let x = i % dims.width;
  var image = n;
  if (!DIRECT) { image = indices[uniforms.firstImage + n]; }
${reader.image}  let imagePlane = dims.imageHeight * dims.imageWidth;
  for (var c = 0u; c < dims.stride; c++) {
    var value = 0f;
    if (c < dims.channels) {
      let start = select(c, 0u, dims.imageChannels == 1u);
      value = values[c * 256u + resized((image * dims.imageChannels + start) * imagePlane, y, x)];
    }
    result[i * dims.stride + c] = value;
  }
}
`;

/** The bytes as they are. */
const plainBytes: ByteReader = {
  declarations: "",
  row: "let row = plane + (startY + ty) * dims.imageWidth + startX",
  byte: "byteAt(row + tx)",
  image: "",
};

const preprocessKernel = kernel({
  name: "preprocess",
  dims: preprocessDims,
  code: [preprocessWgsl(plainBytes)],
});
const augmentedKernel = kernel({
  name: "preprocess-augmented",
  dims: preprocessDims,
  code: [preprocessWgsl(movedBytes)],
});

/**
 * Images in bytes to inputs; `direct`: the images themselves, not those at indices. With `augmentations`, as
 * `drawAugmentations` writes them, their pixels are moved by them before the resize.
 */
export function preprocess(
  format: ImageFormat,
  { channels, height, width, stride }: InputDims,
  taps: { readonly y: number; readonly x: number },
  operands: {
    readonly images: Operand;
    readonly indices: Operand;
    readonly starts: Operand;
    readonly coefficients: Operand;
    readonly values: Operand;
    readonly augmentations?: Operand;
    readonly result: Operand;
  },
  options: { readonly direct: boolean },
): Command {
  const { augmentations, ...others } = operands;
  return command({
    kernel: augmentations === undefined ? preprocessKernel : augmentedKernel,
    constants: { DIRECT: Number(options.direct) },
    dims: {
      imageChannels: format.channels,
      imageHeight: format.height,
      imageWidth: format.width,
      ...{ channels, height, width, stride },
      tapsY: taps.y,
      tapsX: taps.x,
    },
    operands: augmentations === undefined ? others : { ...others, augmentations },
    workgroups: (imageCount) => flatWorkgroups(imageCount * height * width),
  });
}
