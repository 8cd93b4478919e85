import type { Model, RealizedLayer } from "@nin/backend";
import { type Architecture, at, builtinArchitecture, classCount, inferLayers, type Shape } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { check, checkEqual } from "../check/check.js";
import { checkShape } from "../check/tensors.js";
import { heParameters, randomBatch } from "../networks/inputs.js";
import { subjects } from "../networks/subjects.js";

/** Layer kinds and whole networks. */
export function shapesOfSubjects(): readonly ConformanceCase[] {
  return subjects().map(({ group, name, parameters, architecture, quick }) => ({
    id: caseId("shapes", group, name, parameters),
    plan: "realized layers, and the activations and scores of 1, 2 and 5 images, have the shapes that follow from the architecture",
    source: "design rule; PyTorch's shapes in the tests of @nin/spec",
    quick,
    run: (context) => checkShapes(context, architecture),
  }));
}

interface PublishedNetwork {
  readonly model: string;
  readonly outputShapes: readonly Shape[];
  readonly quick: boolean;
}

/** Output shapes by layer, as published by the networks' authors. */
const PUBLISHED: readonly PublishedNetwork[] = [
  {
    model: "nin",
    outputShapes: [
      [1, 96, 54, 54],
      [1, 96, 26, 26],
      [1, 256, 26, 26],
      [1, 256, 12, 12],
      [1, 384, 12, 12],
      [1, 384, 5, 5],
      [1, 384, 5, 5],
      [1, 10, 5, 5],
      [1, 10, 1, 1],
      [1, 10],
    ],
    quick: false,
  },
  {
    model: "nin-mnist",
    outputShapes: [
      [1, 48, 28, 28],
      [1, 48, 14, 14],
      [1, 48, 14, 14],
      [1, 48, 14, 14],
      [1, 48, 7, 7],
      [1, 48, 7, 7],
      [1, 10, 7, 7],
      [1, 10, 1, 1],
      [1, 10],
    ],
    quick: true,
  },
];

/** Published networks at full size. */
export function shapesOfPublished(): readonly ConformanceCase[] {
  return PUBLISHED.map(({ model, outputShapes, quick }) => ({
    id: caseId("shapes", "published", model),
    plan: "the realized layers of the network at full size have the published output shapes",
    source: "the tutorial's and the authors' published shapes",
    quick,
    run: async (context) => {
      const { layers } = await context.compile(builtinArchitecture(model), { maxBatch: 1 });
      checkEqual(
        layers.map(({ outputShape }) => [...outputShape]),
        outputShapes,
        "output shapes",
      );
    },
  }));
}

/** A single image, an even and an odd number of images. */
const BATCHES = [1, 2, 5];

/**
 * Fails unless the layers that a model reports, and its results at several batch sizes, have the shapes that follow
 * from the architecture.
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

/** What a model reports about a layer, without its parameters. */
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
  return architecture.layers.map(({ kind }, index) => {
    const inner = placed
      .filter((layer) => layer.layerIndex === index)
      .map(
        ({ name, layer, outputShape }): LayerOutline => ({
          name,
          kind: layer.kind,
          outputShape: [1, ...outputShape],
        }),
      );
    const layer = { name: `net.${index}`, kind, outputShape: at(inner, -1).outputShape };
    return kind === "ninBlock" ? { ...layer, inner } : layer;
  });
}

async function checkComputedShapes(model: Model, architecture: Architecture, batch: number): Promise<void> {
  const { input } = randomBatch(architecture, batch, batch);
  const activations = await model.activations({ input });
  checkEqual(
    [...activations.keys()],
    architecture.layers.map((_, index) => `net.${index}`),
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
