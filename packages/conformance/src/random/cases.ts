import type { Model } from "@nin/backend";
import type { Architecture } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId, type LevelName } from "../case/case.js";
import { ConformanceFailure } from "../case/failure.js";
import { check } from "../check/check.js";
import { compareForward, compareGradients } from "../check/network.js";
import { checkParameters } from "../levels/parameters.js";
import { checkShapes } from "../levels/shapes.js";
import { sampleCase } from "../sampling/away-from-kinks.js";
import {
  candidateArchitectures,
  namingArchitecture,
  networkForForward,
  networkForGradients,
  type SampledNetwork,
} from "./architectures.js";
import { compareSteps, stepsPlan } from "./compare-architecture.js";

const SEED = 20131216;
const COUNT = 40;
const QUICK_COUNT = 3;
const MAX_BATCH = 5;
/** Of steps, which more often come near a kink. */
const MIXED_SAMPLES = 8;

/** A level's own comparison of a random architecture. */
interface RandomLevel {
  readonly level: LevelName;
  readonly plan: string;
  readonly source: string;
  compare(context: CaseContext, index: number): Promise<void>;
}

const LEVELS: readonly RandomLevel[] = [
  {
    level: "shapes",
    plan: "a random architecture's realized layers, activations and scores have its shapes",
    source: "design rule; PyTorch's shapes in the tests of @nin/spec",
    compare: compareShapes,
  },
  {
    level: "parameters",
    plan: "a random architecture's parameters have its names and shapes, and are read as written",
    source: "design rule",
    compare: compareParameters,
  },
  {
    level: "forward",
    plan: "a random architecture's activations and scores are the oracle's",
    source: "oracle",
    compare: compareRandomForward,
  },
  {
    level: "step",
    plan: "losses, updates and velocity of a random architecture's two steps with dropout are the oracle's",
    source: "oracle, within spreads of 8 runs moved by one rounding",
    compare: compareRandomSteps,
  },
  {
    level: "gradients",
    plan: "a random architecture's loss and gradients are the oracle's",
    source: "oracle",
    compare: compareRandomGradients,
  },
];

/** Random architectures of a fixed seed: each is a case of its own, and the same every time. */
export function randomCases(): readonly ConformanceCase[] {
  return LEVELS.flatMap(({ level, plan, source, compare }) =>
    Array.from(
      { length: COUNT },
      (_, index): ConformanceCase => ({
        id: caseId(level, "random", "architecture", { seed: SEED, index, batch: batchOf(index) }),
        plan,
        source,
        quick: index < QUICK_COUNT,
        run: (context) => compare(context, index),
      }),
    ),
  );
}

/** The first draw of an architecture's steps that tells right from wrong; false where none does. */
async function compareSampledSteps(
  context: CaseContext,
  architecture: Architecture,
  index: number,
): Promise<boolean> {
  const maxSamples = context.precision === "mixed" ? MIXED_SAMPLES : 1;
  for (let sample = 0; sample < maxSamples; sample += 1) {
    const sampled = sampleCase(architecture, batchOf(index), index + COUNT * sample);
    if (await compareSteps(context, stepsPlan(architecture, sampled, index))) return true;
  }
  return false;
}

/** 1 to 5, all of them among the quick ones' neighbours. */
function batchOf(index: number): number {
  return 1 + (index % MAX_BATCH);
}

async function compareShapes(context: CaseContext, index: number): Promise<void> {
  const [architecture] = candidateArchitectures(SEED, index);
  check(architecture !== undefined, "fast-check drew nothing");
  await namingArchitecture(architecture, () => checkShapes(context, architecture));
}

async function compareParameters(context: CaseContext, index: number): Promise<void> {
  const [architecture] = candidateArchitectures(SEED, index);
  check(architecture !== undefined, "fast-check drew nothing");
  await namingArchitecture(architecture, () => checkParameters(context, architecture));
}

async function compareRandomForward(context: CaseContext, index: number): Promise<void> {
  const sampled = await networkForForward(context, SEED, index, batchOf(index));
  await namingArchitecture(sampled.architecture, async () => {
    const model = await modelOfNetwork(context, sampled);
    await compareForward(model, sampled.oracle, sampled.batch, context.tolerances);
  });
}

async function compareRandomGradients(context: CaseContext, index: number): Promise<void> {
  const sampled = await networkForGradients(context, SEED, index, batchOf(index));
  await namingArchitecture(sampled.architecture, async () => {
    const model = await modelOfNetwork(context, sampled);
    await compareGradients(model, sampled.oracle, sampled.batch, sampled.allowed);
  });
}

async function modelOfNetwork(
  context: CaseContext,
  { architecture, parameters, batch }: SampledNetwork,
): Promise<Model> {
  const model = await context.compile(architecture, { maxBatch: batch.labels.length });
  await model.writeParameters(parameters);
  return model;
}

async function compareRandomSteps(context: CaseContext, index: number): Promise<void> {
  for (const architecture of candidateArchitectures(SEED, index)) {
    let isCompared = false;
    await namingArchitecture(architecture, async () => {
      isCompared = await compareSampledSteps(context, architecture, index);
    });
    if (isCompared) return;
  }
  throw new ConformanceFailure(`rounding decides every architecture of index ${index}: choose another seed`);
}
