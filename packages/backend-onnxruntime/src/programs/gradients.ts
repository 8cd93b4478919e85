import { type Architecture, at, classCount } from "@nin/spec";
import { type Dialect, GraphBuilder, type Value } from "../graph/graph-builder.js";
import { scan } from "../graph/scan.js";
import { flattened } from "../layers/flatten.js";
import { softmaxCrossEntropy } from "./loss.js";
import { type ImageSource, networkInput, sourceValue, writeNetwork } from "./network.js";
import type { Program } from "./program.js";
import {
  type DeclareInput,
  inputOf,
  MicroBatchContext,
  type NamedGradient,
  ParameterInputs,
} from "./program.js";

export interface GradientOptions {
  readonly dialect: Dialect;
  readonly source: ImageSource;
  /** The number of images in a micro-batch. */
  readonly microBatchSize: number;
  /** Whether the batch is one micro-batch, which needs no loop. */
  readonly single: boolean;
  /** Shapes of the dropout masks by layer index. Without them dropout is the identity. */
  readonly dropoutMasks?: ReadonlyMap<number, readonly number[]>;
}

/** Loss and gradients written into a graph. */
export interface WrittenGradients {
  /** In their shapes inside graphs. */
  readonly parameters: ReadonlyMap<string, Value>;
  /** The batch's mean loss, a scalar. */
  readonly loss: Value;
  /** By parameter, in its shape inside graphs. */
  readonly gradients: ReadonlyMap<string, Value>;
}

/**
 * Writes the mean loss of a batch and its gradients, added up over micro-batches.
 *
 * Declared inputs: `input` or `images` [microBatches, images, channels, height, width], `targets`
 * [microBatches, images, classes], `mask.<layer index>` [microBatches, ...mask shape] bytes, and the
 * parameters.
 */
export function writeGradients(
  graph: GraphBuilder,
  declare: DeclareInput,
  architecture: Architecture,
  options: GradientOptions,
): WrittenGradients {
  const { source, microBatchSize } = options;
  const microBatches = options.single ? 1 : "microBatches";
  const masks = [...(options.dropoutMasks ?? [])];
  const fed = sourceValue(architecture, source, microBatchSize);
  const scanned = [
    declare(fed.name, fed.type, [microBatches, ...fed.shape]),
    declare("targets", "float32", [microBatches, microBatchSize, classCount(architecture)]),
    ...masks.map(([layerIndex, shape]) => declare(`mask.${layerIndex}`, "uint8", [microBatches, ...shape])),
  ];
  const parameters = new ParameterInputs(declare);
  let partials: readonly NamedGradient[] = [];
  const { sums } = scan(graph, scanned, (body, elements) => {
    const targets = at(elements, 1);
    const maskValues = new Map(masks.map(([layerIndex], index) => [layerIndex, at(elements, 2 + index)]));
    const context = new MicroBatchContext(graph, body, parameters, maskValues);
    const input = networkInput(body, architecture, source, at(elements, 0));
    const network = writeNetwork(context, architecture, input);
    const scores = flattened(body, network.output);
    const loss = softmaxCrossEntropy(body, scores.value, targets);
    network.backward(scores.backward(loss.logitsGradient));
    partials = context.writeGradients();
    return { sums: [loss.sum, ...partials.map(({ value }) => value)], stacked: [] };
  });
  const gradients = new Map(partials.map(({ name }, index) => [name, at(sums, 1 + index)]));
  return { parameters: parameters.values(), loss: at(sums, 0), gradients };
}

/** Outputs: `loss`, and `gradient.<parameter>` for each parameter. */
export function gradientsProgram(architecture: Architecture, options: GradientOptions): Program {
  const graph = new GraphBuilder(options.dialect);
  const { parameters, loss, gradients } = writeGradients(graph, inputOf(graph), architecture, options);
  graph.output(loss, "loss");
  for (const [name, gradient] of gradients) graph.output(gradient, `gradient.${name}`);
  return { graph, parameters };
}
