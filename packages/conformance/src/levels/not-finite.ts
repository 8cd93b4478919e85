import { type Architecture, at, elementCount, type Tensor } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { check, checkCount, checkEqual } from "../check/check.js";
import { checkComplete, checkNames, checkSameTensor, checkShape, checkTensor } from "../check/tensors.js";
import { architectureOf, heParameters } from "../networks/inputs.js";
import { batchWithNan, imagesWith, notFiniteNetworks, notFiniteTrainings } from "../networks/not-finite.js";
import { ADAMW, SGD, smallArchitecture, smallBatch, smallModel } from "../networks/small.js";

const VALUES: Readonly<Record<string, readonly number[]>> = {
  nan: [Number.NaN],
  infinity: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
};

/** NaN and infinity pass through every layer, from every position, and never reach another image. */
export function forwardOfNotFinite(): readonly ConformanceCase[] {
  const networks = notFiniteNetworks().flatMap(({ name, architecture, quick }) =>
    Object.entries(VALUES).map(
      ([value, numbers]): ConformanceCase => ({
        id: caseId("forward", "not-finite", name, { value }),
        plan: "NaN or infinity in one input element reaches all results that depend on it, and no other image",
        source: "oracle, PyTorch's rule",
        quick,
        run: (context) => compareForward(context, architecture, numbers),
      }),
    ),
  );
  return [
    ...networks,
    {
      id: caseId("forward", "not-finite", "far-below-zero"),
      plan: "a padded max pool of values from -1e25 to -3e38 gives these values",
      source: "by hand",
      quick: true,
      run: poolFarBelowZero,
    },
  ];
}

async function compareForward(
  context: CaseContext,
  architecture: Architecture,
  values: readonly number[],
): Promise<void> {
  const { input } = imagesWith(architecture, values);
  const maxBatch = at(input.shape, 0);
  const model = await context.compile(architecture, { maxBatch });
  const oracle = await context.oracle(architecture, { maxBatch });
  for (const each of [model, oracle]) await each.writeParameters(heParameters(architecture, 1));
  const { smallCase: tolerance } = context.tolerances;
  const [scores, expected] = [await model.predict({ input }), await oracle.predict({ input })];
  checkNotFinite(scores, expected, input, { what: "scores", tolerance });
  const activations = await model.activations({ input });
  for (const [name, tensor] of await oracle.activations({ input })) {
    checkNotFinite(activations.get(name), tensor, input, { what: `activation ${name}`, tolerance });
  }
}

async function poolFarBelowZero(context: CaseContext): Promise<void> {
  const architecture = architectureOf(
    [1, 2, 2],
    [{ kind: "maxPool2d", kernelSize: 2, stride: 2, padding: 1 }, { kind: "flatten" }],
  );
  const model = await context.compile(architecture);
  const data = Float32Array.of(-3e38, -1e30, -1e25, -1e38);
  const scores = await model.predict({ input: { shape: [1, 1, 2, 2], data } });
  checkSameTensor(scores, { shape: [1, 4], data }, "scores");
}

/** A NaN in an image makes the loss NaN, and every gradient that depends on it. */
export function gradientsOfNotFinite(): readonly ConformanceCase[] {
  return notFiniteTrainings().map(({ name, architecture, quick }) => ({
    id: caseId("gradients", "not-finite", name),
    plan: "with NaN in one of two images the loss is NaN, and so is every gradient that is NaN in the oracle",
    source: "oracle, PyTorch's rule",
    quick,
    run: (context) => compareGradientsWithNan(context, architecture),
  }));
}

async function compareGradientsWithNan(context: CaseContext, architecture: Architecture): Promise<void> {
  const [model, oracle] = [await context.compile(architecture), await context.oracle(architecture)];
  for (const each of [model, oracle]) await each.writeParameters(heParameters(architecture, 1));
  const batch = batchWithNan(architecture);
  const actual = await model.gradients(batch);
  const expected = await oracle.gradients(batch);
  check(Number.isNaN(actual.loss), `loss: expected NaN, got ${actual.loss}`);
  checkNames(actual.gradients, expected.gradients, "gradient");
  for (const [name, tensor] of expected.gradients) {
    checkNan(actual.gradients.get(name), tensor, `gradient ${name}`);
  }
}

const OPTIMIZERS = { sgd: SGD, adamw: ADAMW };

/** Training that meets NaN reports it in every loss from then on: the training loop stops by nothing else. */
export function stepsOfNotFinite(): readonly ConformanceCase[] {
  return (["sgd", "adamw"] as const).map((optimizer) => ({
    id: caseId("step", "not-finite", "parameters", { optimizer }),
    plan: "a step on an image with NaN has a loss of NaN and leaves NaN in every parameter, and each later step has a loss of NaN",
    source: "design rule",
    quick: true,
    run: (context) => trainOnNan(context, optimizer),
  }));
}

async function trainOnNan(context: CaseContext, optimizer: keyof typeof OPTIMIZERS): Promise<void> {
  const model = await smallModel(context);
  const session = await model.train({ optimizer: OPTIMIZERS[optimizer], seed: 1 });
  const rate = { learningRate: 0.1 };
  await session.step(smallBatch(4), rate);
  await session.step(batchWithNan(smallArchitecture), rate);
  await session.step(smallBatch(4), rate);
  await session.step(smallBatch(2), rate);
  const { losses } = await session.metrics();
  checkCount(losses, 4, "losses of 4 steps");
  check(Number.isFinite(losses[0]), `loss before the NaN: expected a finite one, got ${losses[0]}`);
  checkEqual(losses.slice(1).map(Number.isNaN), [true, true, true], "whether losses from the NaN on are NaN");
  const { parameters } = await session.readState();
  checkComplete(parameters, smallArchitecture, "parameters after a step on NaN");
  for (const [name, { data }] of parameters) {
    check(data.some(Number.isNaN), `${name} after a step on NaN: expected NaN in it, got numbers`);
  }
}

/**
 * Fails unless values are not finite wherever the oracle's are not: NaN where it has NaN, infinity or NaN where it has
 * infinity. Other elements of an image whose input is not finite are the oracle's, or NaN; images of finite input have
 * the oracle's values, within `tolerance` (relative L2). Shapes: [images, ...].
 */
function checkNotFinite(
  actual: Tensor | undefined,
  expected: Tensor,
  input: Tensor,
  { what, tolerance }: { readonly what: string; readonly tolerance: number },
): void {
  checkShape(actual, expected.shape, what);
  for (let image = 0; image < at(expected.shape, 0); image += 1) {
    const [own, wanted] = [imageOf(actual, image), imageOf(expected, image)];
    const name = `${what} of image ${image}`;
    if (imageOf(input, image).data.every((value) => Number.isFinite(value))) {
      checkTensor(own, wanted, name, tolerance);
    } else checkSpread(own, wanted, name, tolerance);
  }
}

function imageOf({ shape: [, ...unit], data }: Tensor, image: number): Tensor {
  const length = elementCount(unit);
  return { shape: unit, data: data.slice(image * length, (image + 1) * length) };
}

/**
 * Fails unless there is NaN wherever the oracle has it. Other elements, such as those behind a mask's zeros, are free.
 */
function checkNan(actual: Tensor | undefined, expected: Tensor, what: string): void {
  checkShape(actual, expected.shape, what);
  expected.data.forEach((value, index) => {
    const own = at(actual.data, index);
    check(!Number.isNaN(value) || Number.isNaN(own), `${what} at ${index}: expected NaN, got ${own}`);
  });
}

function checkSpread(actual: Tensor, expected: Tensor, what: string, tolerance: number): void {
  const finite = [...expected.data].filter(Number.isFinite).map(Math.abs);
  const allowed = tolerance * Math.max(1, ...finite);
  expected.data.forEach((value, index) => {
    const own = at(actual.data, index);
    const holds = Number.isNaN(own)
      ? true
      : Number.isFinite(value)
        ? Math.abs(own - value) <= allowed
        : own === value;
    check(holds, `${what} at ${index}: expected ${value}, got ${own}`);
  });
}
