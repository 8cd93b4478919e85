import { at, type PlacedLayer, type PrimitiveKind } from "@nin/spec";
import type { FeatureMap } from "../layouts/feature-map.js";
import { avgPool2d } from "./avg-pool2d.js";
import { type ConvBlock, convBlock } from "./conv2d.js";
import { dropout } from "./dropout.js";
import { flatten } from "./flatten.js";
import { globalAvgPool2d } from "./global-avg-pool2d.js";
import type { Formulation, LayerContext, LayerProgram } from "./layer-program.js";
import { linear } from "./linear.js";
import { maxPool2d } from "./max-pool2d.js";
import { relu } from "./relu.js";

const formulations = { relu, flatten, globalAvgPool2d, maxPool2d, avgPool2d, dropout, linear } as const;

/** One or more layers that are computed together. */
export interface Stage {
  readonly write: (context: LayerContext, input: FeatureMap) => LayerProgram;
  /** Whether any of its layers has parameters. */
  readonly weighted: boolean;
  /** The first of its layers, which names it. */
  readonly first: PlacedLayer;
  /** The last of its layers, whose output is the stage's. */
  readonly last: PlacedLayer;
}

/**
 * Splits a network into stages: a convolution is joined with the ReLU and the max pool behind it, unless the output
 * of every layer is wanted.
 */
export function stagesOf(layers: readonly PlacedLayer[], everyOutput: boolean): readonly Stage[] {
  const stages: Stage[] = [];
  for (let index = 0; index < layers.length; ) {
    const { stage, length } = stageAt(layers, index, everyOutput);
    stages.push(stage);
    index += length;
  }
  return stages;
}

function stageAt(
  layers: readonly PlacedLayer[],
  index: number,
  everyOutput: boolean,
): { readonly stage: Stage; readonly length: number } {
  const placed = at(layers, index);
  const [next, afterNext] = layers.slice(index + 1);
  if (placed.layer.kind !== "conv2d") {
    const write = formulations[placed.layer.kind] as unknown as Formulation<unknown>;
    const layer = placed as PlacedLayer & { readonly layer: never };
    return {
      stage: {
        write: (context, input) => write(context, layer, input),
        weighted: placed.parameters.length > 0,
        first: placed,
        last: placed,
      },
      length: 1,
    };
  }
  const hasRelu = !everyOutput && next?.layer.kind === "relu";
  const pool = hasRelu && afterNext?.layer.kind === "maxPool2d" ? afterNext.layer : undefined;
  const block: ConvBlock = {
    placed: { ...placed, layer: placed.layer },
    relu: hasRelu,
    ...(pool === undefined ? {} : { pool }),
  };
  const length = 1 + Number(hasRelu) + Number(pool !== undefined);
  return {
    stage: {
      write: (context, input) => convBlock(context, block, input),
      weighted: true,
      first: placed,
      last: at(layers, index + length - 1),
    },
    length,
  };
}

/** The layer kinds that this backend supports: all of them, which the type checker proves. */
export const supportedKinds = [
  "conv2d",
  ...(Object.keys(formulations) as PrimitiveKind[]),
] as const satisfies readonly PrimitiveKind[];
