import type { Precision } from "@nin/backend";
import type { AdapterTraits } from "../../device/adapter-traits.js";
import type { Kernel } from "../../program/command.js";
import { convolutionDimsWgsl } from "../convolution/convolution-dims.wgsl.js";
import { convolutionBlocksWgsl } from "../convolution/convolution-double-buffered.wgsl.js";
import { convolutionEpilogueWgsl, finishRowWgsl } from "../convolution/convolution-epilogue.wgsl.js";
import { convolutionRegistersWgsl } from "../convolution/convolution-registers.wgsl.js";
import { convolutionSubgroupsWgsl } from "../convolution/convolution-subgroups.wgsl.js";
import { convolutionMatricesWgsl } from "../convolution/convolution-tensor-core.wgsl.js";
import { convolutionTilesWgsl } from "../convolution/convolution-tiles.wgsl.js";
import { type BlockSize, blocksWgsl } from "../convolution/double-buffered.wgsl.js";
import { type MatrixConfig, matricesWgsl } from "../convolution/tensor-core.wgsl.js";
import { type TileSize, tilesWgsl } from "../convolution/tiles.wgsl.js";
import { runWgsl } from "../step-uniforms.wgsl.js";
import { weightGradientBlocksWgsl } from "../weight-gradient/weight-gradient-double-buffered.wgsl.js";
import { weightGradientRegistersWgsl } from "../weight-gradient/weight-gradient-registers.wgsl.js";
import { weightGradientSubgroupsWgsl } from "../weight-gradient/weight-gradient-subgroups.wgsl.js";
import { weightGradientMatricesWgsl } from "../weight-gradient/weight-gradient-tensor-core.wgsl.js";
import { weightGradientTilesWgsl } from "../weight-gradient/weight-gradient-tiles.wgsl.js";

/** A way to compute matrix products; those of a precision give the same result but for rounding. */
export interface ProductKernel {
  readonly name: string;
  /** What one workgroup computes: rows and columns of a convolution, channels and columns of a weight gradient. */
  readonly tile: { readonly rows: number; readonly channels: number; readonly columns: number };
  /**
   * Whether invocations share the work of a sum (of biases, of segments) and meet at a barrier. SwiftShader
   * compiles every invocation that meets others apart: 256 of them take it seconds.
   */
  readonly sharedSums: boolean;
  readonly convolution: Kernel;
  readonly weightGradient: Kernel;
}

const subgroups = productKernel("subgroups", { rows: 14, channels: 16, columns: 32 }, "enable subgroups;\n", {
  convolution: convolutionSubgroupsWgsl,
  weightGradient: weightGradientSubgroupsWgsl,
});

/** Runs on every adapter: the one that others are checked by. */
export const plainProducts: ProductKernel = {
  ...productKernel("registers", { rows: 8, channels: 8, columns: 32 }, "", {
    convolution: convolutionRegistersWgsl,
    weightGradient: weightGradientRegistersWgsl,
  }),
  sharedSums: false,
};

/** Extent and depth of the tiles tried; a larger one reads less, a smaller one fills more of a card. */
const TILE_SIZES: readonly TileSize[] = [
  { extent: 64, depth: 16 },
  { extent: 128, depth: 8 },
];

/** Of `nin`'s channels some are multiples of 96 and others of 128: a square that they do not fill is work for nothing. */
const BLOCK_SIZES: readonly BlockSize[] = [
  { extent: 96, lanes: [24, 8], depth: 8 },
  { extent: 128, lanes: [16, 16], depth: 8 },
];

const blocks = BLOCK_SIZES.map(blockKernel);
const tiles = TILE_SIZES.map((size) => tileKernel(size, "f32"));
const halfTiles = TILE_SIZES.map((size) => tileKernel(size, "f16"));

/**
 * The kernels that an adapter can run, the one first that its kind makes likely to be the fastest; none
 * where it lacks what the precision takes.
 */
export function productKernels(
  { software, subgroups: hasSubgroups, half, matrices }: AdapterTraits,
  precision: Precision,
): readonly ProductKernel[] {
  if (precision === "mixed") {
    if (!half) return [];
    return [...(matrices === undefined ? [] : [matrixKernel(matrices)]), ...halfTiles];
  }
  if (!software) return [...tiles, ...blocks, plainProducts];
  return [...(hasSubgroups ? [subgroups] : []), plainProducts, ...tiles, ...blocks];
}

function blockKernel(size: BlockSize): ProductKernel {
  const { extent } = size;
  return productKernel(
    `blocks-${extent}`,
    { rows: extent, channels: extent, columns: extent },
    blocksWgsl(size),
    { convolution: convolutionBlocksWgsl, weightGradient: weightGradientBlocksWgsl },
  );
}

function tileKernel(size: TileSize, factor: "f32" | "f16"): ProductKernel {
  const { extent } = size;
  const name = factor === "f32" ? `tiles-${extent}` : `half-tiles-${extent}`;
  return productKernel(name, { rows: extent, channels: extent, columns: extent }, tilesWgsl(size, factor), {
    convolution: convolutionTilesWgsl,
    weightGradient: weightGradientTilesWgsl,
  });
}

function matrixKernel(config: MatrixConfig): ProductKernel {
  const name = `matrices-${config.m}x${config.n}x${config.k}`;
  return productKernel(name, { rows: 64, channels: 64, columns: 64 }, matricesWgsl(config), {
    convolution: convolutionMatricesWgsl(config),
    weightGradient: weightGradientMatricesWgsl(config),
  });
}

function productKernel(
  name: string,
  tile: ProductKernel["tile"],
  prelude: string,
  main: { readonly convolution: string; readonly weightGradient: string },
): ProductKernel {
  const shared = prelude + runWgsl + convolutionDimsWgsl;
  return {
    name,
    tile,
    sharedSums: true,
    convolution: {
      name: `convolution-${name}`,
      code: shared + convolutionEpilogueWgsl + finishRowWgsl + main.convolution,
      bindings: ["read", "read", "read", "write"],
    },
    weightGradient: {
      name: `weight-gradient-${name}`,
      code: shared + main.weightGradient,
      bindings: ["read", "read", "write"],
    },
  };
}
