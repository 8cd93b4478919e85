import type { Model } from "@nin/backend";
import { type Architecture, at } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId, type LevelName } from "../case/case.js";
import { ConformanceFailure } from "../case/failure.js";
import { roundsFactors } from "../case/tolerances.js";
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
/** How many samples of steps are tried in mixed precision, where they come near a kink more often. */
const MIXED_SAMPLES = 8;

/** What one level compares of a random architecture. */
interface RandomLevel {
  readonly level: LevelName;
  readonly plan: string;
  readonly source: string;
  compare(context: CaseContext, index: number): Promise<void>;
}

const LEVELS: readonly RandomLevel[] = [
  {
    level: "shapes",
    plan: "the realized layers, activations and scores of a random architecture have its shapes",
    source: "design rule; PyTorch's shapes in the tests of @nin/spec",
    compare: compareShapes,
  },
  {
    level: "parameters",
    plan: "the parameters of a random architecture have its names and shapes, and are read as they were written",
    source: "design rule",
    compare: compareParameters,
  },
  {
    level: "forward",
    plan: "the activations and scores of a random architecture are the oracle's",
    source: "oracle",
    compare: compareRandomForward,
  },
  {
    level: "step",
    plan: "losses, updates and velocity of two steps with dropout of a random architecture are the oracle's",
    source: "oracle, within spreads of 8 runs moved by one rounding",
    compare: compareRandomSteps,
  },
  {
    level: "gradients",
    plan: "the loss and gradients of a random architecture are the oracle's",
    source: "oracle",
    compare: compareRandomGradients,
  },
];

/** Random architectures from a fixed seed. Each is a case of its own, and always the same. */
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

/** Compares the first sample of an architecture's steps that proves something; false where none does. */
async function compareSampledSteps(
  context: CaseContext,
  architecture: Architecture,
  index: number,
): Promise<boolean> {
  const maxSamples = roundsFactors(context.arithmetic) ? MIXED_SAMPLES : 1;
  for (let sample = 0; sample < maxSamples; sample += 1) {
    const sampled = sampleCase(architecture, batchOf(index), index + COUNT * sample);
    if (await compareSteps(context, stepsPlan(architecture, sampled, index))) return true;
  }
  return false;
}

/** From 1 to 5, in turn. */
function batchOf(index: number): number {
  return 1 + (index % MAX_BATCH);
}

async function compareShapes(context: CaseContext, index: number): Promise<void> {
  const architecture = at(candidateArchitectures(SEED, index), 0);
  await namingArchitecture(architecture, () => checkShapes(context, architecture));
}

async function compareParameters(context: CaseContext, index: number): Promise<void> {
  const architecture = at(candidateArchitectures(SEED, index), 0);
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
