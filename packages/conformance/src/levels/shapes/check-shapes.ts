import type { Model, RealizedLayer } from "@nin/backend";
import { type Architecture, classCount, inferLayers, type Shape } from "@nin/spec";
import type { CaseContext } from "../../case.js";
import { check, checkEqual } from "../../check/check.js";
import { checkShape } from "../../check/tensors.js";
import { heParameters, randomBatch } from "../../drawing/random-batch.js";

/** One image, an even and an odd number of them. */
const BATCHES = [1, 2, 5];

/**
 * Fails unless the layers that a model reports, and what it computes at several batch sizes, have
 * the shapes that follow from the architecture.
 */
export async function checkShapes(context: CaseContext, architecture: Architecture): Promise<void> {
  const model = await context.compile(architecture, { maxBatch: Math.max(...BATCHES) });
  checkEqual(model.layers.map(outline), expectedLayers(architecture), "layers");
  await model.writeParameters(heParameters(architecture, context.seed));
  for (const batch of BATCHES) await checkComputedShapes(model, architecture, batch);
}

interface LayerOutline {
  readonly name: string;
  readonly kind: string;
  readonly outputShape: Shape;
}

/** What a model says of a layer, its parameters aside. */
function outline({ name, kind, outputShape, inner }: RealizedLayer): object {
  const part = { name, kind, outputShape: [...outputShape] };
  return inner === undefined
    ? part
    : {
        ...part,
        inner: inner.map((layer) => ({
          name: layer.name,
          kind: layer.kind,
          outputShape: [...layer.outputShape],
        })),
      };
}

function expectedLayers(architecture: Architecture): readonly object[] {
  const placed = inferLayers(architecture);
  return architecture.layers.map(({ kind }, position) => {
    const inner = placed
      .filter((layer) => layer.layerIndex === position)
      .map(
        ({ name, layer, outputShape }): LayerOutline => ({
          name,
          kind: layer.kind,
          outputShape: [1, ...outputShape],
        }),
      );
    const entry = { name: `net.${position}`, kind, outputShape: inner.at(-1)?.outputShape ?? [] };
    return kind === "ninBlock" ? { ...entry, inner } : entry;
  });
}

async function checkComputedShapes(model: Model, architecture: Architecture, batch: number): Promise<void> {
  const { input } = randomBatch(architecture, batch, batch);
  const activations = await model.activations({ input });
  checkEqual(
    [...activations.keys()],
    architecture.layers.map((_, position) => `net.${position}`),
    `names of the activations of a batch of ${batch}`,
  );
  for (const { name, outputShape } of model.layers) {
    const shape = [batch, ...outputShape.slice(1)];
    checkShape(activations.get(name), shape, `activation ${name} of a batch of ${batch}`);
  }
  const scores = await model.predict({ input });
  checkShape(scores, [batch, classCount(architecture)], `scores of a batch of ${batch}`);
  check(
    scores.data.every(Number.isFinite),
    `scores of a batch of ${batch}: expected finite values, got ${scores.data.find((x) => !Number.isFinite(x))}`,
  );
}
