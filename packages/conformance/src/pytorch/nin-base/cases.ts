import type { Model } from "@nin/backend";
import type { Architecture } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId, type LevelName } from "../../case/case.js";
import type { Arithmetic } from "../../case/tolerances.js";
import { check } from "../../check/check.js";
import {
  checkNinBaseGradients,
  checkOutputs,
  checkScores,
  checkStep,
  expandedNinBase,
  type NinBaseAllowance,
  type NinBaseCase,
  ninBase,
  ninBaseWithoutDropout,
} from "./check-model.js";
import { ninBaseImages, parseNinBase, parseNinBaseImages } from "./fixture.js";

/**
 * Five times the difference of PyTorch's float32 from float64 in this case, between 2e-5 and 1e-3: 6e-7 for outputs;
 * 6e-6 for gradients of the last two blocks; 2e-3 for those of the first two, where a ReLU or a window of a pool falls
 * on the other side of its kink.
 */
const f32: NinBaseAllowance = {
  forward: 2e-5,
  lateGradients: 3e-5,
  earlyGradients: 1e-3,
};

/**
 * Small cases for forward values. For gradients the powers of two nearest to five times the difference of the oracle
 * with factors rounded to float16 in this case: 5.5e-3 for the last two blocks; 2e-2 for the first two, where values
 * fall on the other side of kinks.
 */
const mixed: NinBaseAllowance = {
  forward: 2 ** -9,
  lateGradients: 2 ** -5,
  earlyGradients: 2 ** -3,
};

/** Likewise with bfloat16, whose difference is 5e-2 for the last two blocks and 7e-2 for the first two. */
const bfloat16: NinBaseAllowance = {
  forward: 2 ** -6,
  lateGradients: 2 ** -2,
  earlyGradients: 2 ** -2,
};

/** Ten times float32's rounding, but the ceiling of gradients through kinks. */
const fast: NinBaseAllowance = {
  forward: 10 * f32.forward,
  lateGradients: 10 * f32.lateGradients,
  earlyGradients: 10 * f32.earlyGradients,
};

/** The allowance of each arithmetic. */
const ninBaseAllowance: Readonly<Record<Arithmetic, NinBaseAllowance>> = { f32, fast, mixed, bfloat16 };

const BATCH = 2;

/** The scores of the tutorial's network at full size, and the output of every layer. */
export function outputsOfNinBase(): readonly ConformanceCase[] {
  return [
    ninBaseCase("forward", "scores", ninBase, checkScores, "the scores of two images are PyTorch's"),
    ninBaseCase(
      "forward",
      "layers",
      expandedNinBase,
      checkOutputs,
      "with expanded blocks the output of every layer has PyTorch's sums, norms and elements",
    ),
  ];
}

/** The loss and gradients of the tutorial's network at full size. */
export function gradientsOfNinBase(): readonly ConformanceCase[] {
  const plan = "the loss is PyTorch's, and every gradient has PyTorch's sums, norms and elements";
  return [ninBaseCase("gradients", "parameters", ninBase, checkNinBaseGradients, plan)];
}

/** A step of SGD without dropout. */
export function stepOfNinBase(): readonly ConformanceCase[] {
  const plan = "the loss of a step of SGD and the loss of the same batch after it are PyTorch's";
  return [ninBaseCase("step", "sgd", ninBaseWithoutDropout, checkStep, plan)];
}

function ninBaseCase(
  level: LevelName,
  name: string,
  architecture: Architecture,
  checkModel: (model: Model, fixture: NinBaseCase, allowed: NinBaseAllowance) => Promise<void>,
  plan: string,
): ConformanceCase {
  return {
    id: caseId(level, "nin-base", name, { batch: BATCH }),
    plan,
    source: "PyTorch float64",
    quick: false,
    needs: ["fixtures"],
    run: async (context) => {
      const fixture = await readNinBase(context);
      const model = await context.compile(architecture, { maxBatch: BATCH, imageFormat: ninBaseImages });
      await checkModel(model, fixture, ninBaseAllowance[context.arithmetic]);
    },
  };
}

async function readNinBase({ host }: CaseContext): Promise<NinBaseCase> {
  check(host.readFixture !== undefined, "host: expected one that has fixtures");
  return {
    images: parseNinBaseImages(JSON.parse(await host.readFixture("nin-base-images.json"))),
    run: parseNinBase(JSON.parse(await host.readFixture("nin-base.json"))).run,
  };
}
