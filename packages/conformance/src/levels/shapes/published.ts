import { builtinArchitecture, type Shape } from "@nin/spec";
import type { ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { checkEqual } from "../../check/check.js";

interface PublishedNetwork {
  readonly model: string;
  readonly outputShapes: readonly Shape[];
  readonly quick: boolean;
}

/** Output shapes by layer, as the networks' authors print them. */
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

/** Networks at full size. */
export function shapesOfPublished(): readonly ConformanceCase[] {
  return PUBLISHED.map(({ model, outputShapes, quick }) => ({
    id: caseId("shapes", "published", model),
    plan: "the realized layers of the network at full size have the published shapes",
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
