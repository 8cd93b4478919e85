import type { Model, Precision } from "@nin/backend";
import type { Architecture } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId, type LevelName } from "../../case/case.js";
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
 * Five times what PyTorch's float32 shows beside float64 on this case, within 2e-5 and 1e-3:
 * outputs 6e-7; gradients of the last two blocks 6e-6; of the first two 2e-3, where a ReLU or a
 * window of a pool falls on the other side of its kink.
 */
const f32: NinBaseAllowance = {
  forward: 2e-5,
  lateGradients: 3e-5,
  earlyGradients: 1e-3,
};

/**
 * Forward values as small cases. Gradients by powers of two next to five times what the oracle with factors
 * rounded to float16 shows on this case: last two blocks 5.5e-3, first two 2e-2, where values fall on the
 * other side of kinks.
 */
const mixed: NinBaseAllowance = {
  forward: 2 ** -9,
  lateGradients: 2 ** -5,
  earlyGradients: 2 ** -3,
};

/** What each precision is allowed. */
export const ninBaseAllowance: Readonly<Record<Precision, NinBaseAllowance>> = { f32, mixed };

const BATCH = 2;

/** Scores and every layer's output of the tutorial's network at full size. */
export function outputsOfNinBase(): readonly ConformanceCase[] {
  return [
    ninBaseCase("forward", "scores", ninBase, checkScores, "the scores of two images are PyTorch's"),
    ninBaseCase(
      "forward",
      "layers",
      expandedNinBase,
      checkOutputs,
      "with its blocks written out, every output has PyTorch's sums, norms and elements",
    ),
  ];
}

/** Its loss and gradients. */
export function gradientsOfNinBase(): readonly ConformanceCase[] {
  const plan = "the loss is PyTorch's, and every gradient has its sums, norms and elements";
  return [ninBaseCase("gradients", "parameters", ninBase, checkNinBaseGradients, plan)];
}

/** A step of SGD without dropout. */
export function stepOfNinBase(): readonly ConformanceCase[] {
  const plan = "the loss of a step of SGD, and that of the same batch after it, are PyTorch's";
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
      await checkModel(model, fixture, ninBaseAllowance[context.precision]);
    },
  };
}

async function readNinBase({ host }: CaseContext): Promise<NinBaseCase> {
  check(host.readFixture !== undefined, "host: expected one with fixtures");
  return {
    images: parseNinBaseImages(JSON.parse(await host.readFixture("nin-base-images.json"))),
    run: parseNinBase(JSON.parse(await host.readFixture("nin-base.json"))).run,
  };
}
