import type { Model } from "@nin/backend";
import { elementCount, namedParameters, present } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { check } from "../check/check.js";
import { checkShape, checkTensor } from "../check/tensors.js";
import { architectureOf, heParameters, randomBatch } from "../networks/inputs.js";
import { SGD, smallArchitecture, smallBatch } from "../networks/small.js";

const RATE = { learningRate: 0.05 };

/** Several models, at once and one after another. */
export function manyModelCases(): readonly ConformanceCase[] {
  return [
    {
      id: caseId("lifecycle", "models", "concurrent", { models: 4 }),
      plan: "models that train at the same time do not affect each other",
      source: "oracle",
      quick: true,
      run: (context) => trainConcurrently(context, 4),
    },
    {
      id: caseId("lifecycle", "models", "one-after-another", { models: 12 }),
      plan: "the last of many models that are compiled and disposed of computes what the first did",
      source: "design rule",
      quick: false,
      run: (context) => compileInTurn(context, 12),
    },
    {
      id: caseId("lifecycle", "models", "leak", { models: 24 }),
      plan: "compiling, training and disposing of models repeatedly does not hold more and more memory",
      source: "design rule",
      quick: false,
      needs: ["memory"],
      run: (context) => lookForLeak(context, 24),
    },
  ];
}

async function trainConcurrently(context: CaseContext, count: number): Promise<void> {
  const oracle = await context.oracle(smallArchitecture);
  const seeds = Array.from({ length: count }, (_, index) => index);
  const models = await Promise.all(seeds.map(() => context.compile(smallArchitecture, { maxBatch: 8 })));
  const trained = await Promise.all(models.map((model, seed) => trainOneStep(model, seed)));
  for (const [seed, scores] of trained.entries()) {
    const expected = await trainOneStep(oracle, seed);
    checkTensor(scores, expected, `scores of model ${seed} after its step`, context.tolerances.smallCase);
  }
}

async function trainOneStep(model: Model, seed: number): ReturnType<Model["predict"]> {
  await model.writeParameters(heParameters(smallArchitecture, seed));
  const session = await model.train({ optimizer: SGD, seed });
  await session.step(smallBatch(5, seed), RATE);
  await session.dispose();
  return model.predict(smallBatch(3, seed + 50));
}

async function compileInTurn(context: CaseContext, count: number): Promise<void> {
  const { backend, options } = context;
  let first: Awaited<ReturnType<Model["predict"]>> | undefined;
  for (let index = 0; index < count; index += 1) {
    const model = await backend.compile(smallArchitecture, { ...options, maxBatch: 8 });
    try {
      const scores = await trainOneStep(model, 1);
      checkShape(scores, [3, 3], `scores of model ${index + 1}`);
      first ??= scores;
      checkTensor(scores, first, `scores of model ${index + 1}`, context.tolerances.reorderedSum);
    } finally {
      await model.dispose();
    }
  }
}

/** 1.2 million weights, so that a model that is not freed shows in the memory of the process. */
const large = architectureOf(
  [8, 12, 12],
  [{ kind: "flatten" }, { kind: "linear", outFeatures: 1024 }, { kind: "linear", outFeatures: 10 }],
  "large",
);
const LARGE_BYTES = 4 * namedParameters(large).reduce((sum, { shape }) => sum + elementCount(shape), 0);

async function lookForLeak(context: CaseContext, count: number): Promise<void> {
  const { backend, options, host } = context;
  const memoryBytes = present(host.memoryBytes, "the host's measure of memory");
  const cycle = async (): Promise<void> => {
    const model = await backend.compile(large, { ...options, maxBatch: 4 });
    await model.writeParameters(heParameters(large, 1));
    const session = await model.train({ optimizer: SGD, seed: 1 });
    await session.step(randomBatch(large, 4, 1), RATE);
    await session.metrics();
    await model.dispose();
  };
  // Covers what a runtime allocates once, and what the first cycles leave to the garbage collector.
  for (let warmUp = 0; warmUp < count / 3; warmUp += 1) await cycle();
  const before = await memoryBytes();
  for (let index = 0; index < count; index += 1) await cycle();
  const grown = (await memoryBytes()) - before;
  // The parameters of half the models: far less than a leak holds, far more than a process's noise.
  const allowed = (count * LARGE_BYTES) / 2;
  check(
    grown <= allowed,
    `memory after ${count} models of ${LARGE_BYTES} bytes of parameters: grown by ${grown} bytes, allowed ${allowed}`,
  );
}
