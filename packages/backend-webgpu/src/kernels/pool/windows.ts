import type { Kernel } from "../../device/kernel.js";
import { uniformStruct } from "../../device/uniform-struct.js";
import type { Command, Operands } from "../../program/command.js";
import { command, flatWorkgroups } from "../kernel.js";

/** The geometry of a pool. */
export interface PoolDims {
  /** Floats of a pixel, a multiple of 8. */
  readonly stride: number;
  readonly input: readonly [number, number];
  readonly output: readonly [number, number];
  readonly kernelSize: readonly [number, number];
  readonly step: readonly [number, number];
  readonly padding: readonly [number, number];
}

const FIELDS = {
  /** vec4s of a pixel. */
  channels4: "u32",
  inHeight: "u32",
  inWidth: "u32",
  outHeight: "u32",
  outWidth: "u32",
  kernelHeight: "u32",
  kernelWidth: "u32",
  strideY: "u32",
  strideX: "u32",
  paddingY: "u32",
  paddingX: "u32",
} as const;

export const poolDims = uniformStruct(FIELDS);

/**
 * How the pooling kernels find windows and pixels. Images are [images, height, width, channels],
 * channels as vec4s.
 */
export const poolWindowsWgsl = /* wgsl */ `

// Positions from x up to y along one axis.
alias Range = vec2i;

// The part of window index that lies inside the image.
fn insideOf(index: u32, stride: u32, padding: u32, kernel: u32, extent: u32) -> Range {
  let start = i32(index * stride) - i32(padding);
  return Range(max(start, 0), min(start + i32(kernel), i32(extent)));
}

// The windows that hold a position.
fn windowsOver(position: u32, stride: u32, padding: u32, kernel: u32, count: u32) -> Range {
  let padded = position + padding;
  let first = select((padded - kernel) / stride + 1u, 0u, padded < kernel);
  return Range(i32(first), i32(min(padded / stride + 1u, count)));
}

struct Place { image: u32, y: u32, x: u32, c: u32 }

fn placeOf(index: u32, height: u32, width: u32) -> Place {
  let pixel = index / dims.channels4;
  let row = pixel / width;
  return Place(row / height, row % height, pixel % width, index % dims.channels4);
}
`;

/** A pooling command; `written`: height and width of what it writes. */
export function pool(
  kernel: Kernel<typeof FIELDS>,
  dims: PoolDims,
  written: readonly [number, number],
  operands: Operands,
): Command {
  const channels4 = dims.stride / 4;
  const [inHeight, inWidth] = dims.input;
  const [outHeight, outWidth] = dims.output;
  const [kernelHeight, kernelWidth] = dims.kernelSize;
  const [strideY, strideX] = dims.step;
  const [paddingY, paddingX] = dims.padding;
  return command({
    kernel,
    dims: {
      ...{ channels4, inHeight, inWidth, outHeight, outWidth, kernelHeight, kernelWidth },
      ...{ strideY, strideX, paddingY, paddingX },
    },
    operands,
    workgroups: (imageCount) => flatWorkgroups(imageCount * written[0] * written[1] * channels4),
  });
}
