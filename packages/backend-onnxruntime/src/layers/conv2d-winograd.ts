import type { Size2d } from "@nin/spec";
import type { Value } from "../graph/graph-builder.js";
import { gather, padAxis, reshape } from "../graph/layout.js";
import { matMul } from "../graph/products.js";
import type { Convolution, ConvolutionProgram } from "./conv2d.js";
import { fromHwnc, imageExtents, toHwnc } from "./feature-map.js";
import { positions } from "./im2col.js";
import { kronecker, type Matrix, matrixConstant, transposed } from "./matrix.js";
import { type WinogradTransform, winogradTransform } from "./winograd-transform.js";

/**
 * A stride-1 convolution by Winograd's minimal filtering, written as plain products.
 *
 * Padding and the cutting into tiles are part of the input transform: one constant matrix per
 * axis, [size * tiles, extent]. The transformed input is kept for the weight's gradient.
 */
export function winogradConvolution(task: Convolution, tile: Size2d): ConvolutionProgram {
  const { context, input, name, outChannels, kernelSize, padding } = task;
  const { body, prologue } = context;
  const { height, width, images, channels } = imageExtents(input);
  const rows = tiledAxis(height, kernelSize[0], padding[0], tile[0]);
  const columns = tiledAxis(width, kernelSize[1], padding[1], tile[1]);
  const sizes = rows.transform.size * columns.transform.size;
  const tiles = rows.tiles * columns.tiles;
  const taps = kernelSize[0] * kernelSize[1];

  const weight = context.parameter(`${name}.weight`, [...kernelSize, channels, outChannels]);
  const weightTransform = kronecker(rows.transform.weight, columns.transform.weight);
  const transformedWeight = reshape(
    prologue,
    matMul(
      prologue,
      matrixConstant(prologue, weightTransform),
      reshape(prologue, weight, [taps, channels * outChannels]),
    ),
    [sizes, channels, outChannels],
  );

  const transformedInput = transformInput();
  const outputTransform = kronecker(rows.transform.output, columns.transform.output);

  function transformInput(): Value {
    const lines = reshape(body, toHwnc(body, input), [height, width * images * channels]);
    const byRow = reshape(body, matMul(body, matrixConstant(body, rows.input), lines), [
      rows.transform.size,
      1,
      rows.tiles,
      width,
      images * channels,
    ]);
    const columnMatrix = matrixConstant(body, columns.input, [
      1,
      columns.transform.size,
      1,
      columns.tiles,
      width,
    ]);
    return reshape(body, matMul(body, columnMatrix, byRow), [sizes, tiles * images, channels]);
  }

  function transformOutput(products: Value): Value {
    const outputs = matMul(
      body,
      matrixConstant(body, outputTransform),
      reshape(body, products, [sizes, tiles * images * outChannels]),
    );
    const pixels = reshape(body, outputs, [tile[0] * tile[1] * tiles, images * outChannels]);
    const order = positions([rows.outExtent, columns.outExtent, 1, 1], (h, w) => {
      const inTile = (h % tile[0]) * tile[1] + (w % tile[1]);
      return inTile * tiles + Math.floor(h / tile[0]) * columns.tiles + Math.floor(w / tile[1]);
    });
    return reshape(body, gather(body, pixels, order, 0), [
      rows.outExtent,
      columns.outExtent,
      images,
      outChannels,
    ]);
  }

  /** The gradient of the products, from the output's: [sizes, tiles * images, outChannels]. */
  function transformOutputGradient(outputGradient: Value): Value {
    const fullWidth = columns.tiles * tile[1];
    const tallPadded = padAxis(body, outputGradient, 0, 0, rows.tiles * tile[0] - rows.outExtent);
    const padded = padAxis(body, tallPadded, 1, 0, fullWidth - columns.outExtent);
    const pixels = reshape(body, padded, [rows.tiles * tile[0] * fullWidth, images * outChannels]);
    const order = positions(
      [tile[0], tile[1], rows.tiles, columns.tiles],
      (i, j, row, column) => (row * tile[0] + i) * fullWidth + column * tile[1] + j,
    );
    const byTile = reshape(body, gather(body, pixels, order, 0), [
      tile[0] * tile[1],
      tiles * images * outChannels,
    ]);
    const gradient = matMul(body, matrixConstant(body, transposed(outputTransform)), byTile);
    return reshape(body, gradient, [sizes, tiles * images, outChannels]);
  }

  /** The input's gradient, from that of its transform: the input transform's transpose. */
  function transformInputGradient(gradient: Value): Value {
    const lines = reshape(body, gradient, [sizes * rows.tiles, columns.tiles * images * channels]);
    const { size: rowSize } = rows.transform;
    const { size: columnSize } = columns.transform;
    const order = positions(
      [rowSize, rows.tiles, columnSize, 1],
      (i, row, j) => (i * columnSize + j) * rows.tiles + row,
    );
    const byRow = reshape(body, gather(body, lines, order, 0), [
      rowSize * rows.tiles,
      columnSize * columns.tiles,
      images * channels,
    ]);
    const wide = matMul(body, matrixConstant(body, transposed(columns.input)), byRow);
    const tall = matMul(
      body,
      matrixConstant(body, transposed(rows.input)),
      reshape(body, wide, [rowSize * rows.tiles, width * images * channels]),
    );
    return reshape(body, tall, [height, width, images, channels]);
  }

  return {
    output: transformOutput(matMul(body, transformedInput, transformedWeight)),
    backward(outputGradient, wantsInputGradient) {
      const products = transformOutputGradient(outputGradient);
      const weightProducts = matMul(body, transformedInput, products, { a: true });
      const weightGradient = matMul(
        body,
        matrixConstant(body, transposed(weightTransform)),
        reshape(body, weightProducts, [sizes, channels * outChannels]),
      );
      context.gradient(
        `${name}.weight`,
        reshape(body, weightGradient, [...kernelSize, channels, outChannels]),
      );
      if (!wantsInputGradient) return undefined;
      const gradient = matMul(body, products, transformedWeight, { b: true });
      return fromHwnc(body, transformInputGradient(gradient), input.layout);
    },
  };
}

interface TiledAxis {
  readonly transform: WinogradTransform;
  readonly tiles: number;
  readonly outExtent: number;
  /** [size * tiles, extent]: `B^T` of every tile at once, padding included. */
  readonly input: Matrix;
}

function tiledAxis(extent: number, kernel: number, padding: number, tile: number): TiledAxis {
  const transform = winogradTransform(tile, kernel);
  const outExtent = extent + 2 * padding - kernel + 1;
  const tiles = Math.ceil(outExtent / tile);
  const input = transform.input.flatMap((coefficients) =>
    Array.from({ length: tiles }, (_, index) => {
      const row = new Array<number>(extent).fill(0);
      coefficients.forEach((coefficient, offset) => {
        const position = index * tile - padding + offset;
        if (position >= 0 && position < extent) row[position] = coefficient;
      });
      return row;
    }),
  );
  return { transform, tiles, outExtent, input };
}
