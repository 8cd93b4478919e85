import type { Architecture, LayerKindName } from "@nin/spec";
import type { CaseParameter } from "../case/case.js";
import { layerSamples } from "../layers/index.js";
import type { LayerSample } from "../layers/layer-samples.js";
import { architectureOf, type ImageShape } from "./inputs.js";

const CLASSES = 3;
const HEAD: readonly object[] = [{ kind: "flatten" }, { kind: "linear", outFeatures: CLASSES }];

/** A network that several levels check, with what identifies it in the ids of their cases. */
export interface Subject {
  /** A layer kind, or `network`. */
  readonly group: string;
  readonly name: string;
  readonly parameters: Readonly<Record<string, CaseParameter>>;
  readonly architecture: Architecture;
  /** Images in the batch. */
  readonly batch: number;
  readonly quick: boolean;
}

/** Every sample of every layer kind, then whole networks. */
export function subjects(): readonly Subject[] {
  const ofKinds = layerSamples.map(({ kind, sample }): Subject => {
    const { name, fields, batch = 2, quick = false } = sample;
    const architecture = sampleArchitecture(kind, sample);
    return { group: kind, name, parameters: fields, architecture, batch, quick };
  });
  const whole = wholeNetworks.map((network): Subject => ({ group: "network", parameters: {}, ...network }));
  return [...ofKinds, ...whole];
}

/** The small network that contains a sample's layer. */
function sampleArchitecture(kind: LayerKindName, sample: LayerSample): Architecture {
  const { fields, input, before = pointwise(input), after = HEAD } = sample;
  return architectureOf(input, [...before, { kind, ...fields }, ...after], `${kind}-${sample.name}`);
}

function pointwise([channels]: ImageShape): readonly object[] {
  return [{ kind: "conv2d", outChannels: channels, kernelSize: 1 }];
}

/** A network of several layers. */
export interface WholeNetwork {
  /** `nin`. */
  readonly name: string;
  readonly architecture: Architecture;
  readonly batch: number;
  readonly quick: boolean;
}

const GAP = [{ kind: "globalAvgPool2d" }, { kind: "flatten" }];
const DROPOUT = { kind: "dropout", rate: 0.5 };

/** The tutorial's network, narrower and on a smaller image. */
const nin: readonly object[] = [
  { kind: "ninBlock", outChannels: 12, kernelSize: 11, stride: 4 },
  { kind: "maxPool2d", kernelSize: 3, stride: 2 },
  { kind: "ninBlock", outChannels: 18, kernelSize: 5, padding: 2 },
  { kind: "maxPool2d", kernelSize: 3, stride: 2 },
  { kind: "ninBlock", outChannels: 24, kernelSize: 3, padding: 1 },
  DROPOUT,
  { kind: "ninBlock", outChannels: 10, kernelSize: 3, padding: 1 },
  ...GAP,
];

/** The authors' MNIST network, narrower: ceiling pools, blocks that narrow, two dropouts. */
const ninMnist: readonly object[] = [
  { kind: "ninBlock", outChannels: 12, kernelSize: 5, padding: 2, mlpChannels: [9, 7] },
  { kind: "maxPool2d", kernelSize: 3, stride: 2, ceilMode: true },
  DROPOUT,
  { kind: "ninBlock", outChannels: 14, kernelSize: 5, padding: 2, mlpChannels: [11, 7] },
  { kind: "maxPool2d", kernelSize: 3, stride: 2, ceilMode: true },
  DROPOUT,
  { kind: "ninBlock", outChannels: 12, kernelSize: 5, padding: 2, mlpChannels: [9, 10] },
  ...GAP,
];

/** Caffe's CIFAR-10 network, narrower: a max pool, then an average pool. */
const ninCifar10: readonly object[] = [
  { kind: "ninBlock", outChannels: 12, kernelSize: 5, padding: 2, mlpChannels: [10, 7] },
  { kind: "maxPool2d", kernelSize: 3, stride: 2, ceilMode: true },
  DROPOUT,
  { kind: "ninBlock", outChannels: 12, kernelSize: 5, padding: 2 },
  { kind: "avgPool2d", kernelSize: 3, stride: 2, ceilMode: true },
  DROPOUT,
  { kind: "ninBlock", outChannels: 12, kernelSize: 3, padding: 1, mlpChannels: [10, 10] },
  ...GAP,
];

const linearHead: readonly object[] = [
  { kind: "ninBlock", outChannels: 6, kernelSize: 3, stride: 2, mlpKernelSize: 3 },
  { kind: "maxPool2d", kernelSize: 2, stride: 2 },
  { kind: "flatten" },
  { kind: "linear", outFeatures: 12 },
  { kind: "relu" },
  DROPOUT,
  { kind: "linear", outFeatures: 5, bias: false },
];

/** Wide enough for formulations that are used only on many channels. */
const wide: readonly object[] = [
  { kind: "conv2d", outChannels: 16, kernelSize: 3, padding: 1 },
  { kind: "relu" },
  { kind: "maxPool2d", kernelSize: 3, stride: 2 },
  { kind: "conv2d", outChannels: 16, kernelSize: 5, padding: 2 },
  { kind: "relu" },
  ...GAP,
];

const deep: readonly object[] = [
  ...Array.from({ length: 6 }, (_, index) => [
    { kind: "conv2d", outChannels: 5 + (index % 3), kernelSize: 3, padding: 1 },
    { kind: "relu" },
  ]).flat(),
  { kind: "avgPool2d", kernelSize: 2, stride: 2 },
  { kind: "ninBlock", outChannels: 5, kernelSize: 3, padding: 1, mlpChannels: [5, 5, 5] },
  { kind: "flatten" },
  { kind: "linear", outFeatures: 4 },
];

function network(
  name: string,
  input: ImageShape,
  layers: readonly object[],
  { batch = 2, quick = false }: { readonly batch?: number; readonly quick?: boolean } = {},
): WholeNetwork {
  return { name, architecture: architectureOf(input, layers, name), batch, quick };
}

/** Networks as people build them, and some that only a test would contain. */
export const wholeNetworks: readonly WholeNetwork[] = [
  network("nin", [1, 75, 67], nin, { quick: true }),
  network("nin-mnist", [1, 14, 14], ninMnist, { quick: true }),
  network("nin-cifar10", [3, 12, 12], ninCifar10, { quick: true }),
  network("linear-head", [3, 11, 11], linearHead, { batch: 5, quick: true }),
  network("wide", [16, 12, 12], wide),
  network("deep", [2, 8, 9], deep, { batch: 1 }),
  network("without-a-relu", [1, 3, 2], [{ kind: "flatten" }, { kind: "linear", outFeatures: 4 }]),
  network(
    "ends-in-an-image",
    [2, 5, 4],
    [{ kind: "conv2d", outChannels: 3, kernelSize: 3, padding: [1, 0] }],
  ),
];
