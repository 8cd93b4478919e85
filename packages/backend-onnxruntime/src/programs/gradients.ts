import { type Architecture, classCount } from "@nin/spec";
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
} from "./program-context.js";

export interface GradientOptions {
  readonly dialect: Dialect;
  readonly source: ImageSource;
  /** Images in a micro-batch. */
  readonly images: number;
  /** Whether the batch is one micro-batch, which needs no loop. */
  readonly single: boolean;
  /** Shapes of the dropout masks, by position in `layers`; none: without dropout. */
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
 * [microBatches, images, classes], `mask.<position>` [microBatches, ...mask shape] bytes, and the
 * parameters.
 */
export function writeGradients(
  graph: GraphBuilder,
  declare: DeclareInput,
  architecture: Architecture,
  options: GradientOptions,
): WrittenGradients {
  const { source, images } = options;
  const microBatches = options.single ? 1 : "microBatches";
  const masks = [...(options.dropoutMasks ?? [])];
  const fed = sourceValue(architecture, source, images);
  const scanned = [
    declare(fed.name, fed.type, [microBatches, ...fed.shape]),
    declare("targets", "float32", [microBatches, images, classCount(architecture)]),
    ...masks.map(([position, shape]) => declare(`mask.${position}`, "uint8", [microBatches, ...shape])),
  ];
  const parameters = new ParameterInputs(declare);
  let partials: readonly NamedGradient[] = [];
  const { sums } = scan(graph, scanned, (body, [batch, targets, ...maskValues]) => {
    if (batch === undefined || targets === undefined) throw new Error("scan gave no batch");
    const byPosition = new Map(maskValues.map((mask, index) => [masks[index]?.[0] ?? -1, mask]));
    const context = new MicroBatchContext(graph, body, images, parameters, byPosition);
    const input = networkInput(body, architecture, source, batch);
    const network = writeNetwork(context, architecture, input);
    const scores = flattened(body, network.output);
    const loss = softmaxCrossEntropy(body, scores.value, targets);
    network.backward(scores.backward(loss.logitsGradient));
    partials = context.gradients;
    return { sums: [loss.sum, ...partials.map(({ value }) => value)], stacked: [] };
  });
  const [loss, ...totals] = sums;
  if (loss === undefined) throw new Error("scan gave no loss");
  const gradients = new Map(partials.map(({ name }, index) => [name, totals[index] ?? loss]));
  return { parameters: parameters.values(), loss, gradients };
}

/** Outputs: `loss`, and `gradient.<parameter>` for each parameter. */
export function gradientsProgram(architecture: Architecture, options: GradientOptions): Program {
  const graph = new GraphBuilder(options.dialect);
  const { parameters, loss, gradients } = writeGradients(graph, inputOf(graph), architecture, options);
  graph.output(loss, "loss");
  for (const [name, gradient] of gradients) graph.output(gradient, `gradient.${name}`);
  return { graph, images: options.images, parameters };
}
