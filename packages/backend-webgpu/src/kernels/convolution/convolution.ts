import type { Command, Operand } from "../../program/command.js";
import { command, tiledWorkgroups } from "../kernel.js";
import type { MatmulKernel } from "../matmul/matmul.js";
import { type Epilogue, epilogueConstants } from "./epilogue.js";
import { type ConvolutionDims, geometryConstants, geometryValues, rowsPerImage } from "./geometry.js";

/** How the matrix product of a convolution is computed. */
export interface ConvolutionVariant {
  readonly matmul: MatmulKernel;
  /** How many separate matrix products the dispatch computes; without a window. */
  readonly groups?: number;
}

/** A convolution; `transposed`: the gradient by its input, from swapped weights. */
export function convolution(
  dims: ConvolutionDims,
  operands: {
    readonly input: Operand;
    readonly weight: Operand;
    /** The epilogue's bias or mask; the weight again where it has none. */
    readonly extra: Operand;
    readonly result: Operand;
  },
  options: ConvolutionVariant & { readonly transposed: boolean; readonly epilogue: Epilogue },
): Command {
  const { matmul, groups, transposed, epilogue } = options;
  const columns = Math.ceil(dims.columns / matmul.tile.columns);
  const imageRows = rowsPerImage(dims);
  return command({
    kernel: matmul.convolution,
    constants: {
      ...geometryConstants(dims, transposed),
      GROUPED: Number(groups !== undefined),
      ...epilogueConstants(epilogue),
    },
    dims: geometryValues(dims),
    operands,
    workgroups: (imageCount) => {
      const tiles = Math.ceil((imageCount * imageRows) / matmul.tile.rows);
      return groups === undefined ? tiledWorkgroups(columns, tiles) : [columns, tiles, groups];
    },
  });
}
