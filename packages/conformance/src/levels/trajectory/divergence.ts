import { syntheticDataset } from "@nin/data";
import { parseRecipe } from "@nin/spec";
import { trainModel } from "@nin/training";
import type { CaseContext, ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { check } from "../../check/check.js";
import { architectureOf } from "../../drawing/architecture-of.js";

const SIZE = 8;

/** A training that goes wrong. */
export function divergingTrainings(): readonly ConformanceCase[] {
  return [
    {
      id: caseId("trajectory", "loop", "diverges"),
      plan: "trainModel stops with NIN_DIVERGED when weights grow beyond all numbers",
      source: "design rule",
      quick: true,
      run: diverge,
    },
  ];
}

/** Two layers without a ReLU between them, each of which multiplies the other's gradient: float64 overflows as well. */
async function diverge(context: CaseContext): Promise<void> {
  const architecture = architectureOf(
    [1, SIZE, SIZE],
    [
      { kind: "conv2d", outChannels: 2, kernelSize: 3 },
      { kind: "flatten" },
      { kind: "linear", outFeatures: 10 },
    ],
  );
  const recipe = parseRecipe({
    format: "nin-recipe",
    version: 1,
    name: "diverging",
    loss: "softmaxCrossEntropy",
    optimizer: { kind: "sgd", learningRate: 1e38 },
    schedule: { kind: "constant" },
    preprocessing: { mean: 0.3, std: 0.3 },
    batchSize: 8,
    epochs: 3,
    seed: 1,
    init: { weight: "heUniform", bias: "zeros" },
  });
  const data = syntheticDataset({ size: SIZE, train: 50, test: 20 });
  const images = { channels: 1, height: SIZE, width: SIZE, preprocessing: recipe.preprocessing };
  const model = await context.compile(architecture, { maxBatch: 8, imageFormat: images });
  const thrown = await trainModel({ model, architecture, recipe, data }).then(
    ({ step }) => `none, after ${step} steps`,
    (error: { readonly code?: unknown }) => error.code,
  );
  check(thrown === "NIN_DIVERGED", `a training at rate 1e38: expected NIN_DIVERGED, got ${thrown}`);
}
