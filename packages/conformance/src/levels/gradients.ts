import type { LossAndGradients, Model } from "@nin/backend";
import { at, entry, type Tensor } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { checkNumber } from "../check/check.js";
import { compareGradients, flatAllowance } from "../check/network.js";
import { checkComplete, checkSameTensors, checkTensors } from "../check/tensors.js";
import {
  architectureOf,
  heParameters,
  type LabelledInput,
  randomBatch,
  randomTensor,
} from "../networks/inputs.js";
import { smallArchitecture, smallBatch, smallModel } from "../networks/small.js";
import { type Subject, subjects } from "../networks/subjects.js";
import { requireGradientSample } from "../sampling/sample-gradients.js";

/** Layer kinds and whole networks. */
export function gradientsOfSubjects(): readonly ConformanceCase[] {
  return subjects().map((subject) => ({
    id: caseId("gradients", subject.group, subject.name, { ...subject.parameters, batch: subject.batch }),
    plan: "the mean loss and its gradient with respect to every parameter are the oracle's",
    source: "oracle",
    quick: subject.quick,
    run: (context) => compareSubject(context, subject),
  }));
}

async function compareSubject(context: CaseContext, { architecture, batch }: Subject): Promise<void> {
  const oracle = await context.oracle(architecture);
  const options = { count: batch, seed: context.seed + 100, arithmetic: context.arithmetic };
  const sampled = await requireGradientSample(oracle, architecture, options);
  const model = await context.compile(architecture, { maxBatch: batch });
  await model.writeParameters(sampled.parameters);
  await compareGradients(model, oracle, sampled.batch, sampled.allowed);
}

/** What holds for the loss and gradients of any network. */
export function gradientsBehaviour(): readonly ConformanceCase[] {
  const behaviour = (
    name: string,
    plan: string,
    run: (context: CaseContext) => Promise<void>,
    source = "design rule",
  ): ConformanceCase => ({ id: caseId("gradients", "behaviour", name), plan, source, quick: true, run });
  return [
    behaviour("mean", "the loss and gradients of a batch are the means over its images", meanOfImages),
    behaviour(
      "label-types",
      "labels given as bytes and as 32-bit integers give the same loss and gradients",
      labelTypes,
    ),
    behaviour(
      "changes-nothing",
      "computing gradients leaves every bit of the parameters as it was",
      changeNothing,
    ),
    behaviour(
      "growing-batches",
      "the loss and gradients of batches of 1, 8 and 3 images, one after another, are the oracle's",
      growBatches,
      "oracle",
    ),
    behaviour("plateau", "parameters of zero give a loss of ln(classes)", plateau, "log-sum-exp by hand"),
    behaviour(
      "small-terms",
      "gradients whose terms are below the least normal float16 are the oracle's",
      smallTerms,
      "oracle",
    ),
    behaviour(
      "large-scores",
      "scores of several hundred do not overflow the loss or its gradients",
      largeScores,
      "oracle",
    ),
  ];
}

async function meanOfImages(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const batch = smallBatch(5);
  const whole = await gradientsOf(model, batch, "whole batch");
  const images: LossAndGradients[] = [];
  for (let image = 0; image < 5; image += 1) {
    images.push(await gradientsOf(model, imageOf(batch, image), `image ${image}`));
  }
  const mean = (of: (one: LossAndGradients) => number): number =>
    images.reduce((sum, one) => sum + of(one), 0) / images.length;
  checkNumber(
    whole.loss,
    mean(({ loss }) => loss),
    "loss",
    context.tolerances.reorderedSum,
  );
  const means = [...whole.gradients].map(([name, { shape, data }]): [string, Tensor] => [
    name,
    {
      shape,
      data: Float64Array.from(data, (_, i) => mean(({ gradients }) => at(entry(gradients, name).data, i))),
    },
  ]);
  checkTensors(whole.gradients, new Map(means), "gradient", context.tolerances.reorderedSum);
}

/** Loss and gradients of the small network, none of them missing. */
async function gradientsOf(model: Model, batch: LabelledInput, what: string): Promise<LossAndGradients> {
  const result = await model.gradients(batch);
  checkComplete(result.gradients, smallArchitecture, `gradients of the ${what}`);
  return result;
}

function imageOf({ input, labels }: LabelledInput, image: number): LabelledInput {
  const size = input.data.length / labels.length;
  const data = input.data.slice(image * size, (image + 1) * size);
  return { input: { shape: [1, ...input.shape.slice(1)], data }, labels: labels.slice(image, image + 1) };
}

async function labelTypes(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  const batch = { ...smallBatch(4), labels: Uint8Array.of(1, 2, 0, 2) };
  const fromBytes = await gradientsOf(model, batch, "batch with labels as bytes");
  const integers = { ...batch, labels: Int32Array.from(batch.labels) };
  const fromIntegers = await gradientsOf(model, integers, "batch with labels as integers");
  checkNumber(fromIntegers.loss, fromBytes.loss, "loss", context.tolerances.reorderedSum);
  checkTensors(fromIntegers.gradients, fromBytes.gradients, "gradient", context.tolerances.reorderedSum);
}

async function changeNothing(context: CaseContext): Promise<void> {
  const model = await smallModel(context);
  await model.gradients(smallBatch(4));
  checkSameTensors(await model.readParameters(), heParameters(smallArchitecture, 1), "parameters");
}

async function growBatches(context: CaseContext): Promise<void> {
  const oracle = await context.oracle(smallArchitecture);
  const model = await smallModel(context);
  for (const [index, count] of [1, 8, 3].entries()) {
    const options = { count, seed: 10 * index, arithmetic: context.arithmetic };
    const { parameters, batch, allowed } = await requireGradientSample(oracle, smallArchitecture, options);
    await model.writeParameters(parameters);
    await compareGradients(model, oracle, batch, allowed);
  }
}

async function plateau(context: CaseContext): Promise<void> {
  const model = await context.compile(smallArchitecture, { maxBatch: 4 });
  const { loss } = await model.gradients(smallBatch(4));
  checkNumber(loss, Math.log(3), "loss", context.tolerances.lossSum);
}

/**
 * The weights after the first layer are at most 2^-13, so that the gradients of each of 32 images are about 2^-20:
 * unscaled, their float16 values are off by about a hundredth.
 */
async function smallTerms(context: CaseContext): Promise<void> {
  const architecture = architectureOf(
    [1, 4, 4],
    [{ kind: "flatten" }, { kind: "linear", outFeatures: 6 }, { kind: "linear", outFeatures: 3 }],
  );
  const [model, oracle] = [await context.compile(architecture), await context.oracle(architecture)];
  const parameters = new Map(heParameters(architecture, 1));
  const { shape, data } = randomTensor([3, 6], 2);
  parameters.set("net.2.weight", { shape, data: data.map((value) => 2 ** -13 * value) });
  for (const each of [model, oracle]) await each.writeParameters(parameters);
  await compareGradients(model, oracle, randomBatch(architecture, 32, 3), flatAllowance(context.tolerances));
}

/** The weights are whole numbers, so that the scores are exact, however large they are. */
async function largeScores(context: CaseContext): Promise<void> {
  const architecture = architectureOf([1, 2, 2], [{ kind: "flatten" }, { kind: "linear", outFeatures: 4 }]);
  const [model, oracle] = [await context.compile(architecture), await context.oracle(architecture)];
  const weight = {
    shape: [4, 4],
    data: Float32Array.from({ length: 16 }, (_, i) => 40 * (((7 * i) % 9) - 4)),
  };
  const bias = { shape: [4], data: Float32Array.of(0, 300, -300, 1) };
  for (const each of [model, oracle]) {
    await each.writeParameters(
      new Map([
        ["net.1.weight", weight],
        ["net.1.bias", bias],
      ]),
    );
  }
  const data = Float32Array.of(1, -2, 3, 0, 0, 0, 0, 0, -3, 1, 1, 2);
  const input = { shape: [3, 1, 2, 2], data };
  for (const labels of [Uint8Array.of(1, 1, 2), Uint8Array.of(2, 3, 0)]) {
    await compareGradients(model, oracle, { input, labels }, flatAllowance(context.tolerances));
  }
}
