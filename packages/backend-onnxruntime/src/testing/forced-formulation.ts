import type { Architecture, Conv2d, Size2d } from "@nin/spec";
import type { Convolution, ConvolutionProgram } from "../convolution/convolution.js";
import { im2colConvolution } from "../convolution/im2col-convolution.js";
import { pointwiseConvolution } from "../convolution/pointwise-convolution.js";
import { type Dialect, GraphBuilder, type Value } from "../graph/graph-builder.js";
import { product, reshape, staticShape, transpose } from "../graph/layout.js";
import { toNchw } from "../layouts/feature-map.js";
import { softmaxCrossEntropy } from "../programs/loss.js";
import { networkInput, sourceValue } from "../programs/network.js";
import { inputOf, MicroBatchContext, ParameterInputs } from "../programs/program.js";
import type { WinogradPoints } from "../winograd/transform.js";
import { winogradConvolution } from "../winograd/winograd-convolution.js";

/** A formulation of a convolution, by name and tile. */
export type Forced = "pointwise" | "im2col" | { readonly winograd: Size2d; readonly points?: WinogradPoints };

function formulate(task: Convolution, forced: Forced): ConvolutionProgram {
  if (forced === "pointwise") return pointwiseConvolution(task);
  if (forced === "im2col") return im2colConvolution(task);
  return winogradConvolution(task, { tile: forced.winograd, points: forced.points ?? "roots" });
}

/**
 * Loss and gradients of a chain of bias-free convolutions, each in the formulation that is asked
 * for, whatever its shape would choose. The first takes the network's input as it comes; its
 * weight's gradient depends on the input gradients of all others.
 *
 * Outputs: `logits`, `loss`, `gradient.<parameter>`.
 */
export function convolutionChain(
  architecture: Architecture,
  convolutions: readonly { readonly layer: Conv2d; readonly forced: Forced }[],
  images: number,
  dialect: Dialect,
): GraphBuilder {
  const graph = new GraphBuilder(dialect);
  const context = new MicroBatchContext(graph, graph, new ParameterInputs(inputOf(graph)));
  const fed = sourceValue(architecture, "input", images);
  let map = networkInput(graph, architecture, "input", graph.input(fed.name, fed.type, fed.shape));
  const written = convolutions.map(({ layer, forced }, position) => {
    const { outChannels, kernelSize, stride, padding } = layer;
    const name = `net.${position}`;
    const convolution = formulate(
      { context, input: map, name, outChannels, kernelSize, stride, padding },
      forced,
    );
    map = { layout: "hwnc", value: convolution.output };
    return convolution;
  });
  const nchw = toNchw(graph, map);
  const logits = reshape(graph, nchw, [images, product(staticShape(nchw)) / images]);
  const targets = graph.input("targets", "float32", logits.shape);
  const loss = softmaxCrossEntropy(graph, logits, targets);
  let gradient: Value | undefined = hwncGradient(graph, loss.logitsGradient, nchw);
  for (const [index, convolution] of [...written.entries()].reverse()) {
    if (gradient !== undefined) gradient = convolution.backward(gradient, index > 0);
  }
  graph.output(logits, "logits");
  graph.output(loss.sum, "loss");
  for (const { name, value } of context.writeGradients()) graph.output(value, `gradient.${name}`);
  return graph;
}

function hwncGradient(graph: GraphBuilder, gradient: Value, nchw: Value): Value {
  return transpose(graph, reshape(graph, gradient, staticShape(nchw)), [2, 3, 0, 1]);
}
