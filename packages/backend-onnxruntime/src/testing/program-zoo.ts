import type { ImageFormat } from "@nin/backend";
import { type Architecture, builtinArchitecture, type LayerKindName, type Optimizer } from "@nin/spec";
import { layersOfEvery } from "@nin/test-support";
import type { Dialect } from "../graph/graph-builder.js";
import { forwardProgram } from "../programs/forward.js";
import { gradientsProgram } from "../programs/gradients.js";
import type { ImageSource } from "../programs/network.js";
import type { Program } from "../programs/program.js";
import { stepsProgram, trainProgram } from "../programs/train.js";
import { dropoutSites, maskShape } from "../runtime/dropout-masks.js";
import { architectureOf } from "./architectures.js";
import { ADAMW, SGD } from "./optimizers.js";

/** A network of every layer kind and every formulation, with strides, paddings and ceil modes. */
export const everyKind: Architecture = architectureOf(
  [3, 13, 12],
  layersOfEvery<LayerKindName>()([
    { kind: "conv2d", outChannels: 16, kernelSize: [3, 2], stride: [1, 2], padding: 1, bias: false },
    { kind: "relu" },
    { kind: "ninBlock", outChannels: 16, kernelSize: 3, padding: 1, mlpChannels: [6] },
    { kind: "maxPool2d", kernelSize: 3, stride: 2, padding: 1, ceilMode: true },
    { kind: "conv2d", outChannels: 5, kernelSize: [2, 3], stride: [1, 2], padding: 1 },
    { kind: "maxPool2d", kernelSize: 2, stride: 3 },
    { kind: "avgPool2d", kernelSize: 2, stride: 2, padding: 1, ceilMode: true },
    { kind: "dropout", rate: 0.5 },
    { kind: "ninBlock", outChannels: 4, kernelSize: 1, mlpChannels: [] },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 7 },
    { kind: "relu" },
    { kind: "dropout", rate: 0.2 },
    { kind: "linear", outFeatures: 3, bias: false },
  ]),
);

/** Names of built-in architectures that between them have every shape that matters. */
const BUILTIN = [
  "nin",
  "nin?head=linear&channels=3",
  "nin?mlpKernelSize=3&size=96",
  "nin-mnist",
  "nin-cifar10",
];

const FASHION: ImageFormat = {
  channels: 1,
  height: 28,
  width: 28,
  preprocessing: { mean: 0.3, std: 0.4 },
};

/** Architectures whose programs are looked at whole. */
export function zooArchitectures(): readonly (readonly [name: string, architecture: Architecture])[] {
  return [["every-kind", everyKind], ...BUILTIN.map((name) => [name, builtinArchitecture(name)] as const)];
}

/** Every kind of program of an architecture, from both kinds of sources. */
export function programsOf(
  architecture: Architecture,
  dialect: Dialect,
): readonly (readonly [name: string, program: Program])[] {
  const microBatchSize = 2;
  const sources: readonly (readonly [string, ImageSource])[] = [
    ["input", "input"],
    ["images", { ...FASHION, channels: architecture.input.channels }],
    ["grey", FASHION],
  ];
  const dropoutMasks = new Map(
    dropoutSites(architecture).map((site) => [site.layerIndex, maskShape(site, microBatchSize)] as const),
  );
  const optimizers: readonly (readonly [string, Optimizer])[] = [
    ["sgd", SGD],
    ["plain-sgd", { ...SGD, momentum: 0, weightDecay: 0 }],
    ["adamw", ADAMW],
  ];
  return sources.flatMap(([kind, source]) => {
    const options = { dialect, source, microBatchSize, single: false };
    const single = { ...options, single: true, optimizer: ADAMW, dropoutMasks };
    return [
      [`scores-${kind}`, forwardProgram(architecture, options)],
      [`activations-${kind}`, forwardProgram(architecture, { ...options, everyOutput: true })],
      [`gradients-${kind}`, gradientsProgram(architecture, options)],
      ...optimizers.map(
        ([name, optimizer]) =>
          [`${name}-${kind}`, trainProgram(architecture, { ...options, optimizer, dropoutMasks })] as const,
      ),
      [`single-${kind}`, trainProgram(architecture, single)],
      [`steps-${kind}`, stepsProgram(architecture, single)],
      [`looped-steps-${kind}`, stepsProgram(architecture, { ...single, single: false })],
    ];
  });
}
