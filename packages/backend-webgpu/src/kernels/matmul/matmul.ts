import type { Precision } from "@nin/backend";
import type { AdapterTraits, TensorCoreConfig } from "../../device/adapter-traits.js";
import type { Kernel } from "../../program/command.js";
import { convolutionDimsWgsl } from "../convolution/convolution-dims.wgsl.js";
import { convolutionDoubleBufferedWgsl } from "../convolution/convolution-double-buffered.wgsl.js";
import { convolutionEpilogueWgsl, finishRowWgsl } from "../convolution/convolution-epilogue.wgsl.js";
import { convolutionRegistersWgsl } from "../convolution/convolution-registers.wgsl.js";
import { convolutionSubgroupsWgsl } from "../convolution/convolution-subgroups.wgsl.js";
import { convolutionTensorCoreWgsl } from "../convolution/convolution-tensor-core.wgsl.js";
import { convolutionTilesWgsl } from "../convolution/convolution-tiles.wgsl.js";
import { type DoubleBufferedSize, doubleBufferedWgsl } from "../convolution/double-buffered.wgsl.js";
import { suitableTensorCore, tensorCoreWgsl } from "../convolution/tensor-core.wgsl.js";
import { type TileSize, tilesWgsl } from "../convolution/tiles.wgsl.js";
import { stepUniformsWgsl } from "../step-uniforms.wgsl.js";
import { weightGradientDoubleBufferedWgsl } from "../weight-gradient/weight-gradient-double-buffered.wgsl.js";
import { weightGradientRegistersWgsl } from "../weight-gradient/weight-gradient-registers.wgsl.js";
import { weightGradientSubgroupsWgsl } from "../weight-gradient/weight-gradient-subgroups.wgsl.js";
import { weightGradientTensorCoreWgsl } from "../weight-gradient/weight-gradient-tensor-core.wgsl.js";
import { weightGradientTilesWgsl } from "../weight-gradient/weight-gradient-tiles.wgsl.js";

/** A way to compute matrix products; those of a precision give the same result but for rounding. */
export interface MatmulKernel {
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

const subgroups = matmulKernel("subgroups", { rows: 14, channels: 16, columns: 32 }, "enable subgroups;\n", {
  convolution: convolutionSubgroupsWgsl,
  weightGradient: weightGradientSubgroupsWgsl,
});

/** Runs on every adapter: the one that others are checked by. */
export const plainMatmul: MatmulKernel = {
  ...matmulKernel("registers", { rows: 8, channels: 8, columns: 32 }, "", {
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
const DOUBLE_BUFFERED_SIZES: readonly DoubleBufferedSize[] = [
  { extent: 96, lanes: [24, 8], depth: 8 },
  { extent: 128, lanes: [16, 16], depth: 8 },
];

const doubleBuffered = DOUBLE_BUFFERED_SIZES.map(doubleBufferedKernel);
const tiles = TILE_SIZES.map((size) => tileKernel(size, "f32"));
const halfTiles = TILE_SIZES.map((size) => tileKernel(size, "f16"));

/**
 * The kernels that an adapter can run, the one first that its kind makes likely to be the fastest; none
 * where it lacks what the precision takes.
 */
export function matmulKernels(
  { software, subgroups: hasSubgroups, half, tensorCores }: AdapterTraits,
  precision: Precision,
): readonly MatmulKernel[] {
  if (precision === "mixed") {
    if (!half) return [];
    const tensorCore = suitableTensorCore(tensorCores);
    return [...(tensorCore === undefined ? [] : [tensorCoreKernel(tensorCore)]), ...halfTiles];
  }
  if (!software) return [...tiles, ...doubleBuffered, plainMatmul];
  return [...(hasSubgroups ? [subgroups] : []), plainMatmul, ...tiles, ...doubleBuffered];
}

function doubleBufferedKernel(size: DoubleBufferedSize): MatmulKernel {
  const { extent } = size;
  return matmulKernel(
    `double-buffered-${extent}`,
    { rows: extent, channels: extent, columns: extent },
    doubleBufferedWgsl(size),
    { convolution: convolutionDoubleBufferedWgsl, weightGradient: weightGradientDoubleBufferedWgsl },
  );
}

function tileKernel(size: TileSize, factor: "f32" | "f16"): MatmulKernel {
  const { extent } = size;
  const name = factor === "f32" ? `tiles-${extent}` : `half-tiles-${extent}`;
  return matmulKernel(name, { rows: extent, channels: extent, columns: extent }, tilesWgsl(size, factor), {
    convolution: convolutionTilesWgsl,
    weightGradient: weightGradientTilesWgsl,
  });
}

function tensorCoreKernel(config: TensorCoreConfig): MatmulKernel {
  const name = `tensor-core-${config.m}x${config.n}x${config.k}`;
  return matmulKernel(name, { rows: 64, channels: 64, columns: 64 }, tensorCoreWgsl(config), {
    convolution: convolutionTensorCoreWgsl(config),
    weightGradient: weightGradientTensorCoreWgsl(config),
  });
}

function matmulKernel(
  name: string,
  tile: MatmulKernel["tile"],
  prelude: string,
  main: { readonly convolution: string; readonly weightGradient: string },
): MatmulKernel {
  const shared = prelude + stepUniformsWgsl + convolutionDimsWgsl;
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
