import type { ImageFormat } from "@nin/backend";
import { type Architecture, inferLayers, type PlacedLayer } from "@nin/spec";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { type Stage, stagesOf } from "../layers/index.js";
import type { FeatureMap, LayerContext, LayerProgram } from "../layers/layer-program.js";
import { fromNchw } from "../layouts/feature-map.js";
import { preprocess } from "./preprocess.js";

/** How a program gets its images: preprocessed floats, or bytes in a format. */
export type ImageSource = "input" | ImageFormat;

/** A micro-batch's images as they enter a graph: type and shape. */
export function sourceValue(architecture: Architecture, source: ImageSource, images: number) {
  const { channels, height, width } = source === "input" ? architecture.input : source;
  const type = source === "input" ? ("float32" as const) : ("uint8" as const);
  return { name: source === "input" ? "input" : "images", type, shape: [images, channels, height, width] };
}

/** The network's input in a graph, from what the program is fed. */
export function networkInput(
  graph: GraphBuilder,
  architecture: Architecture,
  source: ImageSource,
  images: Value,
): FeatureMap {
  const nchw = source === "input" ? images : preprocess(graph, images, source, architecture.input);
  return fromNchw(graph, nchw);
}

/** A network written into a graph. */
export interface WrittenNetwork {
  readonly output: FeatureMap;
  /** Every layer's output, where they were asked for. */
  readonly outputs: readonly { readonly placed: PlacedLayer; readonly map: FeatureMap }[];
  /** Writes the gradients of all parameters. */
  backward(outputGradient: Value): void;
}

/** Writes the forward pass of a network, and on demand its backward pass. */
export function writeNetwork(
  context: LayerContext,
  architecture: Architecture,
  input: FeatureMap,
  everyOutput = false,
): WrittenNetwork {
  const written: { readonly stage: Stage; readonly program: LayerProgram }[] = [];
  let output = input;
  for (const stage of stagesOf(inferLayers(architecture), everyOutput)) {
    setScope(context, stage.first.name);
    const program = stage.write(context, output);
    output = program.output;
    written.push({ stage, program });
  }
  return {
    output,
    outputs: written.map(({ stage, program }) => ({ placed: stage.last, map: program.output })),
    backward(outputGradient) {
      const firstWeighted = written.findIndex(({ stage }) => stage.weighted);
      let gradient: Value | undefined = outputGradient;
      for (let index = written.length - 1; index >= firstWeighted && gradient !== undefined; index -= 1) {
        const step = written[index];
        setScope(context, `${step?.stage.first.name}/backward`);
        gradient = step?.program.backward(gradient, index > firstWeighted);
      }
    },
  };
}

function setScope({ body, prologue }: LayerContext, scope: string): void {
  body.scope = scope;
  prologue.scope = scope;
}
