import {
  type Architecture,
  at,
  builtinArchitecture,
  builtinRecipe,
  builtinRecipes,
  type Initialization,
  type Preprocessing,
  parseArchitecture,
  type Recipe,
} from "@nin/spec";

const MODELS = [
  "nin",
  "nin?mlpConvs=0&head=linear",
  "nin?mlpConvs=4&mlpKernelSize=3&channels=3&size=96",
  "nin-mnist",
  "nin-cifar10",
  "nin-imagenet",
];

/** Every layer kind, odd sizes, padded pools, windows that run past the input. */
const ODD = parseArchitecture({
  format: "nin-architecture",
  version: 1,
  name: "odd",
  input: { channels: 2, height: 17, width: 23 },
  layers: [
    { kind: "conv2d", outChannels: 5, kernelSize: [2, 5], stride: [1, 2], padding: [3, 0], bias: false },
    { kind: "relu" },
    { kind: "maxPool2d", kernelSize: [3, 2], stride: [2, 3], padding: [1, 1], ceilMode: true },
    { kind: "ninBlock", outChannels: 7, kernelSize: 3, mlpChannels: [4], mlpKernelSize: 3 },
    { kind: "avgPool2d", kernelSize: 3, stride: 2, padding: 1, ceilMode: true },
    { kind: "dropout", rate: 0.3 },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 6, bias: false },
  ],
});

/** What both sides are asked for; tuples hold a function's arguments. */
export interface AgreementRequest {
  /** The folder of Fashion-MNIST's files. */
  readonly data: string;
  readonly words: readonly (readonly [
    seed: number,
    position: number,
    index: number,
    time: number,
    purpose: number,
  ])[];
  readonly shuffles: readonly (readonly [count: number, seed: number, epoch: number])[];
  readonly masks: readonly (readonly [
    seed: number,
    layerIndex: number,
    step: number,
    rate: number,
    units: number,
  ])[];
  readonly dropoutScales: readonly number[];
  readonly totalSteps: number;
  readonly recipes: readonly Recipe[];
  readonly architectures: readonly Architecture[];
  readonly initialWeights: readonly (readonly [
    architecture: Architecture,
    init: Initialization,
    seed: number,
  ])[];
  readonly images: readonly (readonly [
    count: number,
    architecture: Architecture,
    preprocessing: Preprocessing,
  ])[];
}

/** Questions on every rule that both sides implement, their largest seeds and odd sizes included. */
export function requestOf(data: string): AgreementRequest {
  const largest = Number.MAX_SAFE_INTEGER;
  const [d2l, robust] = [at(builtinRecipes, 0), at(builtinRecipes, 1)];
  return {
    data,
    // The counter's first word is the position divided by 4.
    words: [
      [0, 0, 0, 0, 0],
      [0, 1, 2, 3, 4],
      [largest, 12345, 6, 70000, 3],
      [2 ** 32, 2 ** 31, 1, 0, 1],
      [2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1, 2],
    ],
    shuffles: [
      [1, 0, 0],
      [2, 3, 1],
      [10, 0, 0],
      [60_000, 0, 0],
      [60_000, largest, 9],
      [59_999, 7, 1],
    ],
    masks: [
      [0, 6, 0, 0.5, 16 * 384 * 5 * 5],
      [0, 2, 937, 0.5, 128 * 48 * 14 * 14],
      [largest, 5, 2 ** 31, 0.3, 1001],
      [1, 0, 1, 0, 17],
      [1, 0, 1, 0.99999, 7],
    ],
    dropoutScales: [0, 0.1, 0.3, 0.5, 0.75, 0.99],
    totalSteps: 120,
    recipes: [d2l, robust, { ...robust, schedule: { kind: "cosine", warmupSteps: 0 } }],
    architectures: [...MODELS.map((name) => builtinArchitecture(name)), ODD],
    initialWeights: [
      [builtinArchitecture("nin-mnist"), d2l.init, 0],
      [builtinArchitecture("nin-mnist"), robust.init, largest],
      [ODD, { ...d2l.init, overrides: { "net.3.2": { bias: 0.1 }, last: { weight: "heUniform" } } }, 7],
    ],
    images: [
      [10_000, builtinArchitecture("nin"), builtinRecipe("d2l").preprocessing],
      [100, builtinArchitecture("nin-mnist"), { mean: 0.286, std: 0.353 }],
      [100, builtinArchitecture("nin?channels=3&size=97"), { mean: [0.1, 0.2, 0.3], std: [1, 0.5, 0.25] }],
    ],
  };
}
