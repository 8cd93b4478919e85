import type { LossAndGradients } from "@nin/backend";
import type { Architecture } from "@nin/spec";
import { type CaseContext, type CaseParameter, type ConformanceCase, caseId } from "../case/case.js";
import { check, checkNumber } from "../check/check.js";
import { checkTensor } from "../check/tensors.js";
import { architectureOf } from "../networks/inputs.js";

const BY_HAND = "log-sum-exp by hand";
const SIZES = ["1e4", "-1e4", "1e8", "1e16", "1e30", "-1e30"];
/** A few roundings of 1 in float32: a loss near 0 is the logarithm of a number near 1. */
const ROUNDING_OF_ONE = 1e-6;

/**
 * The loss and its gradient for scores of every size. All of them are exact, so that no rounding excuses a difference.
 */
export function gradientsOfScores(): readonly ConformanceCase[] {
  const scoresCase = (
    name: string,
    parameters: Readonly<Record<string, CaseParameter>>,
    plan: string,
    run: (context: CaseContext) => Promise<void>,
  ): ConformanceCase => ({
    id: caseId("gradients", "scores", name, parameters),
    plan,
    source: BY_HAND,
    quick: true,
    run,
  });
  return [
    ...SIZES.map((score) =>
      scoresCase(
        "equal",
        { score },
        "three equal scores give a loss of ln 3, however large they are",
        (context) => compareEqual(context, Number(score)),
      ),
    ),
    ...["1e4", "1e8", "1e30"].map((apart) =>
      scoresCase(
        "apart",
        { apart },
        "the loss is the difference of two scores where the smaller one is the label's, and 0 where the larger one is",
        (context) => compareApart(context, Number(apart)),
      ),
    ),
    scoresCase(
      "sure",
      {},
      "the gradient of a nearly certain prediction comes from the probabilities of the other classes, not from 1 minus its own",
      compareSure,
    ),
    scoresCase(
      "overflowed",
      {},
      "the score of another class that overflows to minus infinity has probability 0 and adds nothing to the loss",
      compareOverflowed,
    ),
  ];
}

async function compareEqual(context: CaseContext, score: number): Promise<void> {
  const { loss, gradients } = await ofBiases(context, [score, score, score], Uint8Array.of(2, 0));
  checkNumber(loss, Math.log(3), "loss", context.tolerances.lossSum);
  checkBiases(context, gradients, [-1 / 6, 1 / 3, -1 / 6]);
}

async function compareApart(context: CaseContext, apart: number): Promise<void> {
  const wrong = await ofBiases(context, [apart, 0, 0], Uint8Array.of(1));
  checkNumber(wrong.loss, Math.fround(apart), "loss of the smaller score", context.tolerances.lossSum);
  checkBiases(context, wrong.gradients, [1, -1, 0]);
  const right = await ofBiases(context, [0, -apart, -apart], Uint8Array.of(0));
  check(Math.abs(right.loss) <= ROUNDING_OF_ONE, `loss of the larger score: expected 0, got ${right.loss}`);
  checkBiases(context, right.gradients, [0, 0, 0]);
}

/** A rounding of float32 is about 1e-4 of 1 minus the probability. */
async function compareSure(context: CaseContext): Promise<void> {
  const { loss, gradients } = await ofBiases(context, [10, 0, -1], Uint8Array.of(0));
  const [second, third] = [Math.exp(-10), Math.exp(-11)];
  const total = 1 + second + third;
  const expected = Math.log1p(second + third);
  check(Math.abs(loss - expected) <= ROUNDING_OF_ONE, `loss: expected ${expected}, got ${loss}`);
  checkBiases(context, gradients, [-(second + third) / total, second / total, third / total]);
}

/** The third score is -1e50. */
async function compareOverflowed(context: CaseContext): Promise<void> {
  const model = await context.compile(linear);
  await model.writeParameters(
    new Map([
      ["net.1.weight", { shape: [3, 1], data: Float32Array.of(1e-20, 1e-20, -1e30) }],
      ["net.1.bias", { shape: [3], data: new Float32Array(3) }],
    ]),
  );
  const input = { shape: [1, 1, 1, 1], data: Float32Array.of(1e20) };
  const { loss, gradients } = await model.gradients({ input, labels: Uint8Array.of(0) });
  checkNumber(loss, Math.LN2, "loss", context.tolerances.lossSum);
  checkBiases(context, gradients, [-0.5, 0.5, 0]);
}

const linear: Architecture = architectureOf(
  [1, 1, 1],
  [{ kind: "flatten" }, { kind: "linear", outFeatures: 3 }],
);

/** The loss and gradients of a network whose scores are its biases, whatever the image. */
async function ofBiases(
  context: CaseContext,
  scores: readonly number[],
  labels: Uint8Array,
): Promise<LossAndGradients> {
  const model = await context.compile(linear);
  await model.writeParameters(
    new Map([
      ["net.1.weight", { shape: [3, 1], data: new Float32Array(3) }],
      ["net.1.bias", { shape: [3], data: Float32Array.from(scores) }],
    ]),
  );
  const input = { shape: [labels.length, 1, 1, 1], data: new Float32Array(labels.length).fill(1) };
  return model.gradients({ input, labels });
}

function checkBiases(
  { tolerances }: CaseContext,
  gradients: LossAndGradients["gradients"],
  expected: readonly number[],
): void {
  const bias = { shape: [3], data: Float64Array.from(expected) };
  checkTensor(gradients.get("net.1.bias"), bias, "gradient of the scores", tolerances.smallCase);
}
