import { createReferenceBackend } from "@nin/backend-reference";
import { describe, expect, test } from "vitest";
import { ConformanceFailure } from "../case/failure.js";
import { type NetworkAllowance, networkAllowance, type RunAllowance, runAllowance } from "./allowances.js";
import { catalog } from "./catalog.js";
import { checkForward, checkGradients, checkRun, runCompileOptions } from "./check-fixture.js";
import type { FixtureRun, PyTorchFixture } from "./fixture.js";
import type { TensorDigest } from "./tensor-digest.js";
import { committedFixture } from "./testing/fixtures.js";

/** Both are float64, so that only the order of sums differs. */
const FLOAT64 = 1e-9;
const exactNetwork: NetworkAllowance = {
  activations: () => FLOAT64,
  loss: FLOAT64,
  gradients: () => FLOAT64,
};
const exactRun: RunAllowance = { losses: () => FLOAT64, logits: FLOAT64, updates: () => FLOAT64 };
/** Full-size networks on a busy two-core machine. */
const TIMEOUT_MS = 300_000;

async function checkFixture(fixture: PyTorchFixture, allowed: NetworkAllowance): Promise<void> {
  const model = await createReferenceBackend().compile(fixture.architecture);
  await checkForward(model, fixture, allowed);
  await checkGradients(model, fixture, allowed);
}

async function checkFixtureRun(
  { architecture }: PyTorchFixture,
  run: FixtureRun,
  allowed: RunAllowance,
): Promise<void> {
  const model = await createReferenceBackend().compile(architecture, runCompileOptions(architecture, run));
  await checkRun(model, architecture, run, allowed);
}

/** A tensor with one of its numbers moved by `relative` of the tensor's scale. */
function movedTensor(tensor: TensorDigest, relative: number): readonly TensorDigest[] {
  if ("data" in tensor) {
    const norm = Math.hypot(...tensor.data);
    return [{ ...tensor, data: tensor.data.map((value, i) => (i === 0 ? value + relative * norm : value)) }];
  }
  const { samples, projections, largest, l1, l2 } = tensor;
  const firstMoved = (values: readonly number[], by: number): readonly number[] =>
    values.map((value, i) => (i === 0 ? value + by : value));
  return [
    { ...tensor, sum: tensor.sum + relative * l1 },
    { ...tensor, l1: l1 * (1 + relative) },
    { ...tensor, l2: l2 * (1 + relative) },
    { ...tensor, largest: largest * (1 + relative) },
    { ...tensor, samples: firstMoved(samples, relative * largest) },
    { ...tensor, projections: firstMoved(projections, relative * l2 * Math.sqrt(projections.length)) },
  ];
}

/** Maps in each of which one tensor is moved. */
function movedMaps(
  tensors: ReadonlyMap<string, TensorDigest>,
  relative: (name: string) => number,
): readonly ReadonlyMap<string, TensorDigest>[] {
  return [...tensors].flatMap(([name, tensor]) =>
    movedTensor(tensor, relative(name)).map((moved) => new Map(tensors).set(name, moved)),
  );
}

describe("the reference equals PyTorch float64", () => {
  test.for(catalog.map(({ file }) => file))("%s", { timeout: TIMEOUT_MS }, async (file) => {
    await checkFixture(committedFixture(file), exactNetwork);
  });

  test.for(catalog.flatMap(({ file, runs }) => runs.map(({ id }) => [file, id] as const)))(
    "%s, run %s",
    async ([file, id]) => {
      const fixture = committedFixture(file);
      const run = fixture.runs.find((each) => each.id === id);
      expect(run).toBeDefined();
      if (run !== undefined) await checkFixtureRun(fixture, run, exactRun);
    },
  );
});

describe("a number changed by more than float32 backends are allowed is found", () => {
  /** Beyond what is allowed, but not by much. */
  const BEYOND = 1.5;

  test.for(catalog.filter(({ quick }) => quick).map(({ file }) => file))("%s", async (file) => {
    const fixture = committedFixture(file);
    const allowed = networkAllowance(fixture);
    const changed: PyTorchFixture[] = [
      { ...fixture, loss: fixture.loss * (1 + BEYOND * allowed.loss) },
      ...movedMaps(fixture.activations, (name) => BEYOND * allowed.activations(name)).map((activations) => ({
        ...fixture,
        activations,
      })),
      ...movedMaps(fixture.gradients, (name) => BEYOND * allowed.gradients(name)).map((gradients) => ({
        ...fixture,
        gradients,
      })),
    ];
    for (const each of changed) {
      await expect(checkFixture(each, allowed)).rejects.toThrow(ConformanceFailure);
    }
  });

  test.for([
    ["dropout", "sgd-2"],
    ["one-axis-padding", "adamw-2"],
    ["nin-block-mlp-1", "sgd-cosine-warmup"],
  ] as const)("%s, run %s", async ([file, id]) => {
    const fixture = committedFixture(file);
    const run = fixture.runs.find((each) => each.id === id);
    if (run === undefined) throw new Error(`no run ${id}`);
    const allowed = runAllowance(run);
    const changed: FixtureRun[] = [
      ...run.losses.map((_, step) => ({
        ...run,
        losses: run.losses.map((loss, k) => (k === step ? loss * (1 + BEYOND * allowed.losses(k)) : loss)),
      })),
      ...movedTensor(run.logits, BEYOND * allowed.logits).map((logits) => ({ ...run, logits })),
      ...movedMaps(run.updates, (name) => BEYOND * allowed.updates(name)).map((updates) => ({
        ...run,
        updates,
      })),
    ];
    for (const each of changed) {
      await expect(checkFixtureRun(fixture, each, allowed)).rejects.toThrow(ConformanceFailure);
    }
  });
});
