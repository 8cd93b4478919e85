import { imageShape, type PlacedWindow } from "../window.js";

/** A window over images, along both axes. */
export interface Geometry {
  readonly inputSize: readonly [number, number];
  readonly outputSize: readonly [number, number];
  readonly kernelSize: readonly [number, number];
  readonly stride: readonly [number, number];
  /** Rows above and columns before the image that count as zeros. */
  readonly before: readonly [number, number];
}

/** Outputs of one row, to which one element of the kernel contributes. Positions count pixels, not channels. */
export interface WindowRow {
  /** The kernel's element, row-major. */
  readonly tap: number;
  /** The first output's pixel, and that of the input it takes. */
  readonly output: number;
  readonly input: number;
  /** From one output's input to the next one's. */
  readonly step: number;
  readonly count: number;
}

/** Where a window lies that may have TensorFlow's own padding, `same`. Shapes: NHWC. */
export function geometryOf(inputShape: readonly number[], window: PlacedWindow): Geometry {
  const [, height, width] = imageShape(inputShape);
  const { kernelSize, stride, outputSize, pad } = window;
  const before = (extent: number, axis: 0 | 1): number => {
    const covered = (outputSize[axis] - 1) * stride[axis] + kernelSize[axis];
    return pad === "same" ? Math.floor(Math.max(0, covered - extent) / 2) : 0;
  };
  return {
    inputSize: [height, width],
    outputSize,
    kernelSize,
    stride,
    before: [before(height, 0), before(width, 1)],
  };
}

/** Visits every element of the kernel, and for each the rows of outputs whose input lies inside the image. */
export function forEachRow(geometry: Geometry, batch: number, visit: (row: WindowRow) => void): void {
  const { inputSize, outputSize, kernelSize, stride } = geometry;
  for (let y = 0; y < kernelSize[0]; y += 1) {
    const rows = outputsInside(geometry, y, 0);
    for (let x = 0; x < kernelSize[1]; x += 1) {
      const columns = outputsInside(geometry, x, 1);
      if (columns.count === 0) continue;
      for (let image = 0; image < batch; image += 1) {
        for (let row = rows.first; row < rows.first + rows.count; row += 1) {
          const inputRow = image * inputSize[0] + row * stride[0] + rows.offset;
          visit({
            tap: y * kernelSize[1] + x,
            output: (image * outputSize[0] + row) * outputSize[1] + columns.first,
            input: inputRow * inputSize[1] + columns.first * stride[1] + columns.offset,
            step: stride[1],
            count: columns.count,
          });
        }
      }
    }
  }
}

/** The outputs along an axis that see a pixel of the image through an element of the kernel. */
function outputsInside(
  { inputSize, outputSize, stride, before }: Geometry,
  element: number,
  axis: 0 | 1,
): { readonly first: number; readonly count: number; readonly offset: number } {
  const offset = element - before[axis];
  const first = Math.max(0, Math.ceil(-offset / stride[axis]));
  const end = Math.min(outputSize[axis], Math.ceil((inputSize[axis] - offset) / stride[axis]));
  return { first, count: Math.max(0, end - first), offset };
}
