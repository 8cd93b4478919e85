import type { Labels, Model } from "@nin/backend";
import { at, type Tensor } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { check, checkEqual, checkNumber } from "../check/check.js";
import { checkShape } from "../check/tensors.js";
import { architectureOf } from "../networks/inputs.js";
import { PLAIN_SGD } from "../networks/small.js";

const CLASSES = 300;
const PIXELS = 2;
/** Labels on both sides of what 8 bits hold. */
const LABELS = [299, 43, 256, 255, 0];

const architecture = architectureOf(
  [1, 1, PIXELS],
  [
    { kind: "flatten" },
    // Passes its inputs on: a mistake of the first layer's gradient is none of labels.
    { kind: "linear", outFeatures: PIXELS, bias: false },
    { kind: "linear", outFeatures: CLASSES, bias: false },
  ],
  "wide-labels",
);
const format = { channels: 1, height: 1, width: PIXELS, preprocessing: { mean: 0, std: 1 } };
/** White images. */
const images = new Uint8Array(LABELS.length * PIXELS).fill(255);

/** Labels that 8 bits do not hold, in every call that takes some. */
export function labelCases(): readonly ConformanceCase[] {
  const labelCase = (
    name: string,
    what: string,
    run: (context: CaseContext, model: Model) => Promise<void>,
  ): ConformanceCase => ({
    id: caseId("preprocessing", "labels", name, { classes: CLASSES }),
    plan: `${what}, of 16 bits and more, are told apart in a network of ${CLASSES} classes`,
    source: "design rule",
    quick: true,
    run: async (context) =>
      run(context, await context.compile(architecture, { maxBatch: LABELS.length, imageFormat: format })),
  });
  return [
    labelCase("resident", "labels of the data set", async (context, model) => {
      const dataset = { images, labels: Uint16Array.from(LABELS) };
      const session = await model.train({ optimizer: PLAIN_SGD, seed: 0, dataset });
      // Each image alone, then all of them.
      for (const indices of [
        ...LABELS.map((_, image) => Uint32Array.of(image)),
        Uint32Array.of(4, 3, 2, 1, 0),
      ]) {
        await writeZeros(model);
        await session.step({ indices }, { learningRate: 1 });
        const { parameters } = await session.readState();
        const labels = Array.from(indices, (image) => at(LABELS, image));
        checkUpdate(context, parameters.get("net.2.weight"), labels, -1);
      }
    }),
    labelCase("batches", "labels of batches", async (context, model) => {
      const session = await model.train({ optimizer: PLAIN_SGD, seed: 0 });
      for (const labels of allKinds()) {
        await writeZeros(model);
        await session.step({ images, labels }, { learningRate: 1 });
        const { parameters } = await session.readState();
        checkUpdate(context, parameters.get("net.2.weight"), LABELS, -1);
      }
    }),
    labelCase("gradients", "labels of gradients", async (context, model) => {
      await writeZeros(model);
      for (const labels of allKinds()) {
        const { loss, gradients } = await model.gradients({ images, labels });
        checkNumber(loss, Math.log(CLASSES), "loss of equal scores", context.tolerances.smallCase);
        checkUpdate(context, gradients.get("net.2.weight"), LABELS, 1);
      }
    }),
    labelCase("evaluation", "labels of an evaluation", async (_context, model) => {
      await writeZeros(model, 0);
      const session = await model.train({ optimizer: PLAIN_SGD, seed: 0 });
      for (const labels of allKinds()) await session.evaluate({ images, labels });
      const { evaluation } = await session.metrics();
      checkEqual(evaluation.count, 2 * LABELS.length, "evaluated images");
      // All are taken for class 0.
      checkEqual(evaluation.correct, 2, "correct predictions");
      const rows = LABELS.map((label) => at(evaluation.confusion, label * CLASSES));
      checkEqual(
        rows,
        LABELS.map(() => 2),
        `counts of labels ${LABELS.join(", ")} in the confusion matrix`,
      );
    }),
  ];
}

function allKinds(): readonly Labels[] {
  return [Uint16Array.from(LABELS), Int32Array.from(LABELS)];
}

/** @param largest - a class whose score is to be the largest; none by default */
async function writeZeros(model: Model, largest?: number): Promise<void> {
  const passing = Float32Array.of(1, 0, 0, 1);
  const data = new Float32Array(CLASSES * PIXELS);
  if (largest !== undefined) data.fill(1, largest * PIXELS, (largest + 1) * PIXELS);
  await model.writeParameters(
    new Map([
      ["net.1.weight", { shape: [PIXELS, PIXELS], data: passing }],
      ["net.2.weight", { shape: [CLASSES, PIXELS], data }],
    ]),
  );
}

/**
 * With weights of 0 and white images the gradient of a class that m of N images have is `1/300 - m/N`, the update with
 * a rate of 1 its opposite.
 */
function checkUpdate(
  { tolerances }: CaseContext,
  tensor: Tensor | undefined,
  labels: readonly number[],
  sign: number,
): void {
  checkShape(tensor, [CLASSES, PIXELS], "weight of the linear layer");
  for (let place = 0; place < CLASSES * PIXELS; place += 1) {
    const label = Math.floor(place / PIXELS);
    const share = labels.filter((own) => own === label).length / labels.length;
    const [actual, expected] = [at(tensor.data, place), sign * (1 / CLASSES - share)];
    check(
      Math.abs(actual - expected) <= tolerances.smallCase,
      `class ${label} after labels ${labels.join(", ")}: expected ${expected}, got ${actual}`,
    );
  }
}
