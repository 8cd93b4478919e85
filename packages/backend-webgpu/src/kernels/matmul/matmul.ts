import type { Precision } from "@nin/backend";
import type { AdapterTraits, TensorCoreConfig } from "../../device/adapter-traits.js";
import type { Kernel } from "../../device/kernel.js";
import {
  convolutionDoubleBufferedWgsl,
  type DoubleBufferedSize,
  doubleBufferedWgsl,
} from "../convolution/convolution-double-buffered.wgsl.js";
import { convolutionRegistersWgsl } from "../convolution/convolution-registers.wgsl.js";
import { convolutionSubgroupsWgsl } from "../convolution/convolution-subgroups.wgsl.js";
import { convolutionTensorCoreWgsl } from "../convolution/convolution-tensor-core.wgsl.js";
import { convolutionTensorCoreBufferedWgsl } from "../convolution/convolution-tensor-core-buffered.wgsl.js";
import { convolutionTilesWgsl, type TileSize, tilesWgsl } from "../convolution/convolution-tiles.wgsl.js";
import { convolutionEpilogueWgsl, finishRowWgsl } from "../convolution/epilogue.js";
import {
  type GeometryFields,
  geometryDims,
  geometryWgsl,
  type SegmentedFields,
  segmentedDims,
} from "../convolution/geometry.js";
import {
  suitableTensorCore,
  TENSOR_CORE_EXTENT,
  tensorCoreDirectives,
  tensorCoreWgsl,
} from "../convolution/tensor-core.wgsl.js";
import {
  type BufferedSize,
  BufferedTensorCore,
  suitsBuffered,
} from "../convolution/tensor-core-buffered.wgsl.js";
import { kernel } from "../kernel.js";
import { weightGradientDoubleBufferedWgsl } from "../weight-gradient/weight-gradient-double-buffered.wgsl.js";
import { weightGradientRegistersWgsl } from "../weight-gradient/weight-gradient-registers.wgsl.js";
import { weightGradientSubgroupsWgsl } from "../weight-gradient/weight-gradient-subgroups.wgsl.js";
import { weightGradientTensorCoreWgsl } from "../weight-gradient/weight-gradient-tensor-core.wgsl.js";
import { weightGradientTensorCoreBufferedWgsl } from "../weight-gradient/weight-gradient-tensor-core-buffered.wgsl.js";
import { weightGradientTilesWgsl } from "../weight-gradient/weight-gradient-tiles.wgsl.js";

/** A way to compute matrix products. All ways of a precision give the same result but for rounding. */
export interface MatmulKernel {
  readonly name: string;
  /** What one workgroup computes: rows and columns of a convolution, channels and columns of a weight gradient. */
  readonly tile: { readonly rows: number; readonly channels: number; readonly columns: number };
  /**
   * Whether invocations share the work of a sum (of biases, of segments) and meet at a barrier. SwiftShader compiles
   * each invocation that meets others separately: 256 of them take it seconds.
   */
  readonly sharedSums: boolean;
  readonly convolution: Kernel<GeometryFields>;
  readonly weightGradient: Kernel<SegmentedFields>;
}

const subgroups = matmulKernel("subgroups", {
  tile: { rows: 14, channels: 16, columns: 32 },
  directives: "enable subgroups;\n",
  convolution: convolutionSubgroupsWgsl,
  weightGradient: weightGradientSubgroupsWgsl,
});

/** Runs on every adapter; the others are checked against it. */
export const plainMatmul: MatmulKernel = {
  ...matmulKernel("registers", {
    tile: { rows: 8, channels: 8, columns: 32 },
    convolution: convolutionRegistersWgsl,
    weightGradient: weightGradientRegistersWgsl,
  }),
  sharedSums: false,
};

/** Extent and depth of the tiles; a larger one reads less, a smaller one occupies more of a GPU. */
const TILE_SIZES: readonly TileSize[] = [
  { extent: 64, depth: 16 },
  { extent: 128, depth: 8 },
];

/** Some of `nin`'s channels are multiples of 96 and others of 128: what they do not fill of a square is wasted work. */
const DOUBLE_BUFFERED_SIZES: readonly DoubleBufferedSize[] = [
  { extent: 96, lanes: [24, 8], depth: 8 },
  { extent: 128, lanes: [16, 16], depth: 8 },
];

/**
 * The larger the rectangle the less is read for each multiplication. Of 64 by 64 sums a byte is read for 16 operations,
 * which a GPU's memory allows a tenth of its tensor cores' rate; of the larger ones for 27, 32 and 43. The first one fits
 * into the workgroup memory that every adapter has.
 */
const BUFFERED_SIZES: readonly BufferedSize[] = [
  { rows: 64, columns: 64, depth: 16, subgroups: [2, 2] },
  { rows: 128, columns: 96, depth: 32, subgroups: [4, 2] },
  { rows: 128, columns: 128, depth: 32, subgroups: [2, 4] },
  { rows: 128, columns: 256, depth: 16, subgroups: [2, 4] },
];

const doubleBuffered = DOUBLE_BUFFERED_SIZES.map(doubleBufferedKernel);
const tiles = TILE_SIZES.map((size) => tileKernel(size, "f32"));
const halfTiles = TILE_SIZES.map((size) => tileKernel(size, "f16"));

/**
 * The kernels that an adapter can run, first the one that is likely to be the fastest on its kind; none where it
 * lacks what the precision needs.
 */
export function matmulKernels(
  { software, subgroups: hasSubgroups, half, tensorCores, limits }: AdapterTraits,
  precision: Precision,
): readonly MatmulKernel[] {
  if (precision === "mixed") {
    if (!half) return [];
    const tensorCore = suitableTensorCore(tensorCores);
    if (tensorCore === undefined) return halfTiles;
    const buffered = BUFFERED_SIZES.filter((size) => suitsBuffered(size, tensorCore, limits));
    return [
      tensorCoreKernel(tensorCore),
      ...buffered.map((size) => bufferedKernel(size, tensorCore)),
      ...halfTiles,
    ];
  }
  if (!software) return [...tiles, ...doubleBuffered, plainMatmul];
  return [...(hasSubgroups ? [subgroups] : []), plainMatmul, ...tiles, ...doubleBuffered];
}

function doubleBufferedKernel(size: DoubleBufferedSize): MatmulKernel {
  return matmulKernel(`double-buffered-${size.extent}`, {
    tile: square(size.extent),
    sizes: doubleBufferedWgsl(size),
    convolution: convolutionDoubleBufferedWgsl,
    weightGradient: weightGradientDoubleBufferedWgsl,
  });
}

function tileKernel(size: TileSize, factor: "f32" | "f16"): MatmulKernel {
  const name = factor === "f32" ? `tiles-${size.extent}` : `half-tiles-${size.extent}`;
  return matmulKernel(name, {
    tile: square(size.extent),
    ...(factor === "f16" ? { directives: "enable f16;\n" } : {}),
    sizes: tilesWgsl(size, factor),
    convolution: convolutionTilesWgsl,
    weightGradient: weightGradientTilesWgsl,
  });
}

function tensorCoreKernel(config: TensorCoreConfig): MatmulKernel {
  return matmulKernel(`tensor-core-${config.m}x${config.n}x${config.k}`, {
    tile: square(TENSOR_CORE_EXTENT),
    directives: tensorCoreDirectives,
    sizes: tensorCoreWgsl(config),
    convolution: convolutionTensorCoreWgsl(config),
    weightGradient: weightGradientTensorCoreWgsl(config),
  });
}

/** `tensor-core` with a larger part of the product a workgroup, whose factors are read ahead. */
export function bufferedKernel(size: BufferedSize, config: TensorCoreConfig): MatmulKernel {
  const { rows, columns } = size;
  const cores = new BufferedTensorCore(size, config);
  return matmulKernel(`tensor-core-buffered-${rows}x${columns}`, {
    tile: { rows, channels: rows, columns },
    directives: tensorCoreDirectives,
    sizes: cores.wgsl(),
    convolution: convolutionTensorCoreBufferedWgsl(cores),
    weightGradient: weightGradientTensorCoreBufferedWgsl(cores),
  });
}

function square(extent: number): MatmulKernel["tile"] {
  return { rows: extent, channels: extent, columns: extent };
}

interface MatmulParts {
  readonly tile: MatmulKernel["tile"];
  readonly directives?: string;
  /** WGSL that both kernels begin with. */
  readonly sizes?: string;
  readonly convolution: string;
  readonly weightGradient: string;
}

function matmulKernel(name: string, { tile, directives, sizes, ...main }: MatmulParts): MatmulKernel {
  const shared = {
    prelude: sizes === undefined ? [geometryWgsl] : [sizes, geometryWgsl],
    options: directives === undefined ? {} : { directives },
  };
  return {
    name,
    tile,
    sharedSums: true,
    convolution: kernel({
      ...shared.options,
      name: `convolution-${name}`,
      dims: geometryDims,
      code: [...shared.prelude, convolutionEpilogueWgsl, finishRowWgsl, main.convolution],
    }),
    weightGradient: kernel({
      ...shared.options,
      name: `weight-gradient-${name}`,
      dims: segmentedDims,
      code: [...shared.prelude, main.weightGradient],
    }),
  };
}
