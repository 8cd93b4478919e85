import { type Architecture, at } from "@nin/spec";
import { type Dialect, GraphBuilder } from "../graph/graph-builder.js";
import { scan } from "../graph/scan.js";
import { flattened } from "../layers/flatten.js";
import { toNchw } from "../layouts/feature-map.js";
import { type ImageSource, networkInput, sourceValue, writeNetwork } from "./network.js";
import type { Program } from "./program.js";
import { inputOf, MicroBatchContext, ParameterInputs } from "./program.js";

export interface ForwardOptions {
  readonly dialect: Dialect;
  readonly source: ImageSource;
  /** The number of images in a micro-batch. */
  readonly microBatchSize: number;
  /** Whether the outputs are those of every layer instead of the scores. */
  readonly everyOutput?: boolean;
}

/**
 * The forward pass without dropout, for any number of micro-batches.
 *
 * Inputs: `input` or `images` [microBatches, images, channels, height, width], and the parameters.
 * Outputs: `scores` [microBatches, images, classes], or each layer's under its name, NCHW.
 */
export function forwardProgram(architecture: Architecture, options: ForwardOptions): Program {
  const { dialect, source, microBatchSize, everyOutput = false } = options;
  const graph = new GraphBuilder(dialect);
  const fed = sourceValue(architecture, source, microBatchSize);
  const batches = graph.input(fed.name, fed.type, ["microBatches", ...fed.shape]);
  const parameters = new ParameterInputs(inputOf(graph));
  let names: readonly string[] = [];
  const { stacked } = scan(graph, [batches], (body, elements) => {
    const context = new MicroBatchContext(graph, body, parameters);
    const input = networkInput(body, architecture, source, at(elements, 0));
    const network = writeNetwork(context, architecture, input, everyOutput);
    if (!everyOutput) {
      names = ["scores"];
      return { sums: [], stacked: [flattened(body, network.output).value] };
    }
    names = network.outputs.map(({ placed }) => placed.name);
    return { sums: [], stacked: network.outputs.map(({ map }) => toNchw(body, map)) };
  });
  for (const [index, value] of stacked.entries()) graph.output(value, at(names, index));
  return { graph, parameters: parameters.values() };
}
