import { expect, test } from "vitest";
import { layerKindNames, parseArchitecture } from "../architecture/architecture.js";
import { builtinArchitecture, builtinArchitectures } from "../builtin/index.js";
import { builtinRecipe } from "../builtin/recipes.js";
import { SpecError } from "../reading/errors.js";
import { parseRecipe } from "../recipe/recipe.js";
import { defineArchitecture, defineRecipe, type RecipeDefinition } from "./define.js";
import type { LayerDefinition } from "./layers.js";
import * as functions from "./layers.js";

const { avgPool2d, conv2d, dropout, flatten, globalAvgPool2d, linear, maxPool2d, ninBlock, relu } = functions;
const input = { channels: 1, height: 28, width: 28 } as const;

test("what is defined is what the same JSON parses to", () => {
  const defined = defineArchitecture({
    name: "all-kinds",
    input,
    layers: [
      ninBlock({ outChannels: 4, kernelSize: [5, 3], padding: [2, 1], mlpChannels: [3], mlpKernelSize: 3 }),
      maxPool2d({ kernelSize: 3, stride: 2, ceilMode: true }),
      conv2d({ outChannels: 5, kernelSize: 3, bias: false }),
      relu(),
      avgPool2d({ kernelSize: 2, stride: 2, padding: 1 }),
      dropout({ rate: 0.25 }),
      globalAvgPool2d(),
      flatten(),
      linear({ outFeatures: 3 }),
    ],
  });
  const json: unknown = {
    format: "nin-architecture",
    version: 1,
    name: "all-kinds",
    input,
    layers: [
      {
        kind: "ninBlock",
        outChannels: 4,
        kernelSize: [5, 3],
        padding: [2, 1],
        mlpChannels: [3],
        mlpKernelSize: 3,
      },
      { kind: "maxPool2d", kernelSize: 3, stride: 2, ceilMode: true },
      { kind: "conv2d", outChannels: 5, kernelSize: 3, bias: false },
      { kind: "relu" },
      { kind: "avgPool2d", kernelSize: 2, stride: 2, padding: 1 },
      { kind: "dropout", rate: 0.25 },
      { kind: "globalAvgPool2d" },
      { kind: "flatten" },
      { kind: "linear", outFeatures: 3 },
    ],
  };
  expect(defined).toEqual(parseArchitecture(json));
});

test("every kind of layer has a function of its name", () => {
  expect(Object.keys(functions).sort()).toEqual([...layerKindNames].sort());
});

test("a built-in architecture or recipe can be spread and changed", () => {
  for (const { name } of builtinArchitectures) {
    const builtin = builtinArchitecture(name);
    expect(defineArchitecture({ ...builtin, name: "mine" })).toEqual({ ...builtin, name: "mine" });
  }
  const robust = builtinRecipe("robust");
  expect(defineRecipe({ ...robust, epochs: 7 })).toEqual({ ...robust, epochs: 7 });
});

test("a recipe takes the defaults of its JSON", () => {
  const definition = {
    optimizer: { kind: "adamw", learningRate: 0.001 },
    schedule: { kind: "cosine" },
    preprocessing: { mean: 0.5, std: [0.5] },
    batchSize: 8,
    epochs: 1,
    seed: 0,
    init: { weight: "heUniform", bias: "zeros" },
  } as const;
  const json = {
    format: "nin-recipe",
    version: 1,
    name: "custom",
    loss: "softmaxCrossEntropy",
    ...definition,
  };
  expect(defineRecipe(definition)).toEqual(parseRecipe(json));
});

test("what does not compile is refused all the same", () => {
  const refused = (define: () => unknown, message: string) => {
    expect(define).toThrow(SpecError);
    expect(define).toThrow(message);
  };
  // @ts-expect-error: an unknown field
  refused(() => defineArchitecture({ input, layers: [flatten()], depth: 3 }), "depth: unknown field");
  // @ts-expect-error: a misspelt field of a layer
  const misspelt = conv2d({ outChanels: 3, kernelSize: 1 });
  refused(() => defineArchitecture({ input, layers: [misspelt] }), "outChannels");
  // @ts-expect-error: a missing field
  refused(() => defineArchitecture({ input, layers: [dropout({})] }), "layers[0].rate");
  // @ts-expect-error: an unknown kind
  refused(() => defineArchitecture({ input, layers: [{ kind: "softmax" }] }), "layers[0].kind");
  // @ts-expect-error: a layer without fields has none
  const flattened: LayerDefinition = { kind: "flatten", rate: 1 };
  refused(() => defineArchitecture({ input, layers: [flattened] }), "layers[0].rate: unknown field");
  type Optimizer = RecipeDefinition["optimizer"];
  // @ts-expect-error: AdamW has no momentum
  const optimizer: Optimizer = { kind: "adamw", learningRate: 1, momentum: 0.9 };
  refused(() => defineRecipe({ ...builtinRecipe("d2l"), optimizer }), "optimizer.momentum: unknown field");
  refused(
    () => defineArchitecture({ input, layers: [maxPool2d({ kernelSize: 40, stride: 1 })] }),
    "layers[0].kernelSize",
  );
});
