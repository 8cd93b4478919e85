import type { LossAndGradients } from "@nin/backend";
import type { Architecture } from "@nin/spec";
import { type CaseContext, type CaseParameter, type ConformanceCase, caseId } from "../case/case.js";
import { check, checkNumber } from "../check/check.js";
import { checkTensor } from "../check/tensors.js";
import { architectureOf } from "../networks/inputs.js";

const BY_HAND = "log-sum-exp by hand";
const SIZES = ["1e4", "-1e4", "1e8", "1e16", "1e30", "-1e30"];
/** What some roundings of 1 come to in float32: a loss near 0 is the logarithm of a number near 1. */
const ROUNDING_OF_ONE = 1e-6;

/** The loss and its gradient for scores of every size: each is exact, so that nothing excuses a difference. */
export function gradientsOfScores(): readonly ConformanceCase[] {
  const entry = (
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
      entry("equal", { score }, "three equal scores cost ln 3, however large", (context) =>
        compareEqual(context, Number(score)),
      ),
    ),
    ...["1e4", "1e8", "1e30"].map((apart) =>
      entry(
        "apart",
        { apart },
        "the smaller of two scores costs their difference, the larger nothing",
        (context) => compareApart(context, Number(apart)),
      ),
    ),
    entry(
      "sure",
      {},
      "a sure prediction's gradient is made of the other classes' probabilities, not of 1 less its own",
      compareSure,
    ),
    entry(
      "overflowed",
      {},
      "another score of minus infinity, by overflow, has probability 0 and costs nothing",
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

/** Of 1 less the probability, a rounding of float32 is some 1e-4. */
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

/** Of a network whose scores are its biases, for any image. */
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
