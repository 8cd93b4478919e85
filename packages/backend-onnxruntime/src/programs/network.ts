import type { ImageFormat } from "@nin/backend";
import { type Architecture, at, inferLayers, type PlacedLayer } from "@nin/spec";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { type Stage, stagesOf } from "../layers/index.js";
import type { LayerContext, LayerProgram } from "../layers/layer-program.js";
import { type FeatureMap, fromNchw } from "../layouts/feature-map.js";
import { preprocess } from "./preprocess.js";

/** What a program is fed as images: preprocessed floats, or bytes of a format. */
export type ImageSource = "input" | ImageFormat;

/** The input that a micro-batch's images are fed to: name, type and shape. */
export function sourceValue(architecture: Architecture, source: ImageSource, microBatchSize: number) {
  const { channels, height, width } = source === "input" ? architecture.input : source;
  const type = source === "input" ? ("float32" as const) : ("uint8" as const);
  return {
    name: source === "input" ? "input" : "images",
    type,
    shape: [microBatchSize, channels, height, width],
  };
}

/** The network's input, computed from the images that the program is fed. */
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
  /** The outputs of the stages: of every layer, where those are wanted. */
  readonly outputs: readonly { readonly placed: PlacedLayer; readonly map: FeatureMap }[];
  /** Writes the gradients of all parameters. */
  backward(outputGradient: Value): void;
}

/** Writes the forward pass of a network. The backward pass is written when `backward` is called. */
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
        const { stage, program } = at(written, index);
        setScope(context, `${stage.first.name}/backward`);
        gradient = program.backward(gradient, index > firstWeighted);
      }
    },
  };
}

function setScope({ body, prologue }: LayerContext, scope: string): void {
  body.scope = scope;
  prologue.scope = scope;
}
