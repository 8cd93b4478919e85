import type { Constants } from "../../device/kernel.js";
import { type Fields, uniformStruct, type ValuesOf } from "../../device/uniform-struct.js";

/** The geometry of a convolution: which pixels are computed, and what their windows read. */
export interface ConvolutionDims {
  /** Height and width of the image whose pixels are the rows. */
  readonly rows: readonly [number, number];
  /** Height and width of the image that is read. */
  readonly source: readonly [number, number];
  /** Floats of a pixel that is read, a multiple of 8 but for `im2col`. */
  readonly inStride: number;
  /** Floats of a row of the result, a multiple of 8. */
  readonly columns: number;
  readonly kernelSize: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding: readonly [number, number];
}

/** A window of one pixel: the convolution is a plain matrix product. */
export const POINTWISE = { kernelSize: [1, 1], stride: [1, 1], padding: [0, 0] } as const;

const GEOMETRY = {
  /** Pixels of the image whose pixels are the rows. */
  rowsPerImage: "u32",
  /** Its width. */
  rowWidth: "u32",
  /** Height of the image that is read. */
  inHeight: "u32",
  inWidth: "u32",
  /** Floats of a pixel that is read. */
  inStride: "u32",
  /** vec4s of a row of the result. */
  columns4: "u32",
  kernelHeight: "u32",
  kernelWidth: "u32",
  strideY: "u32",
  strideX: "u32",
  paddingY: "u32",
  paddingX: "u32",
} as const satisfies Fields;

const SEGMENTS = {
  /** Rows whose products are added up in one go. */
  segmentRows: "u32",
  /** Floats of one segment's sums. */
  partialStride: "u32",
} as const satisfies Fields;

/** What a convolution's kernels ask for. */
export const geometryDims = uniformStruct(GEOMETRY);

/** What a weight gradient's kernels ask for. */
export const segmentedDims = uniformStruct({ ...GEOMETRY, ...SEGMENTS });

export type SegmentedFields = typeof GEOMETRY & typeof SEGMENTS;
export type GeometryFields = typeof GEOMETRY;

/**
 * Where an element of a window lies: what the kernels of convolutions share.
 *
 * Activations are rows of channels, one row a pixel: [images, height, width, channels], channels
 * padded with zeros to a multiple of 8. "Rows" are the pixels that a kernel computes.
 */
export const geometryWgsl = /* wgsl */ `
// true: a window is one pixel, and rows lie where they are read.
override POINTWISE: bool = false;
// true: rows are the pixels of a convolution's input, and what is read its output's gradient.
override TRANSPOSED: bool = false;

// true: matrix products of their own, POINTWISE: [groups, rows, inStride] by [groups, inStride, columns].
override GROUPED: bool = false;

const OUTSIDE = 0xffffffffu;

struct Pixel { image: u32, y: i32, x: i32 }

// n / d for n below 2^24: an integer division is slow where every lane does its own.
fn quotient(n: u32, d: u32) -> u32 {
  let guess = u32(f32(n) / f32(d));
  let rest = i32(n) - i32(guess * d);
  return select(select(guess, guess + 1u, rest >= i32(d)), guess - 1u, rest < 0);
}

fn pixelOf(row: u32) -> Pixel {
  let image = quotient(row, dims.rowsPerImage);
  let inImage = row - image * dims.rowsPerImage;
  let y = quotient(inImage, dims.rowWidth);
  return Pixel(image, i32(y), i32(inImage - y * dims.rowWidth));
}

// Where element (ky, kx) of a row's window begins in what is read, or OUTSIDE.
fn sourceOf(row: u32, pixel: Pixel, ky: u32, kx: u32) -> u32 {
  if (POINTWISE) { return row * dims.inStride; }
  let stride = vec2i(i32(dims.strideY), i32(dims.strideX));
  let offset = vec2i(i32(ky) - i32(dims.paddingY), i32(kx) - i32(dims.paddingX));
  var at = vec2i(pixel.y, pixel.x) * stride + offset;
  if (TRANSPOSED) {
    let stretched = vec2i(pixel.y, pixel.x) - offset;
    at = stretched / stride;
    if (any(at * stride != stretched)) { return OUTSIDE; }
  }
  if (at.x < 0 || at.y < 0 || at.x >= i32(dims.inHeight) || at.y >= i32(dims.inWidth)) { return OUTSIDE; }
  return ((pixel.image * dims.inHeight + u32(at.x)) * dims.inWidth + u32(at.y)) * dims.inStride;
}
`;

/** The uniforms of a geometry. */
export function geometryValues(dims: ConvolutionDims): ValuesOf<GeometryFields> {
  const [inHeight, inWidth] = dims.source;
  const [kernelHeight, kernelWidth] = dims.kernelSize;
  const [strideY, strideX] = dims.stride;
  const [paddingY, paddingX] = dims.padding;
  return {
    rowsPerImage: rowsPerImage(dims),
    rowWidth: dims.rows[1],
    ...{ inHeight, inWidth, inStride: dims.inStride, columns4: dims.columns / 4 },
    ...{ kernelHeight, kernelWidth, strideY, strideX, paddingY, paddingX },
  };
}

/** The constants of a geometry; `transposed`: the way back, from the output's pixels to the input's. */
export function geometryConstants(
  { kernelSize, stride, padding }: ConvolutionDims,
  transposed: boolean,
): Constants {
  const pointwise =
    [...kernelSize, ...stride].every((size) => size === 1) && padding.every((size) => size === 0);
  return { POINTWISE: Number(pointwise), TRANSPOSED: Number(transposed && !pointwise) };
}

/** Pixels of an image whose pixels are the rows. */
export function rowsPerImage({ rows: [height, width] }: ConvolutionDims): number {
  return height * width;
}
