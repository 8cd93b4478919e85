import { createReferenceBackend } from "@nin/backend-reference";
import { builtinArchitecture, layerKindNames, sameArchitecture } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { tolerances } from "../case/tolerances.js";
import { networkAllowance, runAllowance } from "./allowances.js";
import { catalog } from "./catalog.js";
import { syntheticBatch, syntheticParameters } from "./synthetic-data.js";
import { committedFixture, committedFixtures, committedText } from "./testing/fixtures.js";

const fixtures = catalog.map((entry) => ({ ...entry, fixture: committedFixture(entry.file) }));
const MAX_BYTES = 1_000_000;

test("the catalog has every committed file, its batch and its runs", () => {
  expect(catalog.map(({ file }) => file).sort()).toEqual([...committedFixtures("pytorch")].sort());
  for (const { batch, runs, fixture } of fixtures) {
    expect(fixture.data.batch).toBe(batch);
    expect(fixture.runs.map(({ id, steps }) => ({ id, steps }))).toEqual(
      runs.map(({ id, steps }) => ({ id, steps })),
    );
  }
});

test("the files are small, and from the PyTorch that the cases name", () => {
  const texts = catalog.map(({ file }) => committedText(`pytorch/${file}.json`));
  expect(texts.reduce((sum, text) => sum + text.length, 0)).toBeLessThan(MAX_BYTES);
  for (const { fixture } of fixtures) expect(fixture.about).toMatch(/^PyTorch 2\.13\.\d+ in float64/);
});

test("together the networks have every layer kind", () => {
  const kinds = new Set(
    fixtures.flatMap(({ fixture }) => fixture.architecture.layers.map(({ kind }) => kind)),
  );
  expect([...kinds].sort()).toEqual([...layerKindNames].sort());
});

test("the built-in networks are those of the spec", () => {
  const builtins = fixtures.filter(({ quick }) => !quick);
  expect(builtins).toHaveLength(6);
  for (const { fixture } of builtins) {
    const { architecture } = fixture;
    expect(sameArchitecture(architecture, builtinArchitecture(architecture.name))).toBe(true);
  }
});

describe("the margin of a batch", () => {
  test.for(fixtures.map(({ file, fixture }) => [file, fixture] as const))(
    "%s: the oracle's is the file's, and far enough from a kink for float32",
    async ([, fixture]) => {
      const { architecture, data, margin, size } = fixture;
      const oracle = await createReferenceBackend().compile(architecture);
      await oracle.writeParameters(syntheticParameters(architecture, data));
      const { smallest } = await oracle.margin(syntheticBatch(architecture, data));
      if (margin === undefined) {
        expect(data.values).toBe("integers");
        expect(smallest).toBe(0);
        return;
      }
      // The margin is a difference of numbers of size 1.
      expect(Math.abs(smallest - margin)).toBeLessThanOrEqual(1e-13);
      expect(smallest).toBeGreaterThanOrEqual(size === "full" ? 3e-6 : tolerances.f32.sampling.leastMargin);
    },
  );
});

test("PyTorch's own float32 is well within what is allowed", () => {
  const share = 0.5;
  for (const { fixture } of fixtures) {
    const { activations, loss, gradients } = fixture.float32;
    const allowed = networkAllowance(fixture);
    for (const [name, shown] of activations) expect(shown).toBeLessThan(share * allowed.activations(name));
    for (const [name, shown] of gradients) expect(shown).toBeLessThan(share * allowed.gradients(name));
    expect(loss).toBeLessThan(share * allowed.loss);
    for (const run of fixture.runs) {
      const { losses, logits, updates } = runAllowance(run);
      run.float32.losses.forEach((shown, step) => {
        expect(shown).toBeLessThanOrEqual(share * losses(step));
      });
      expect(run.float32.logits).toBeLessThanOrEqual(share * logits);
      for (const [name, shown] of run.float32.updates)
        expect(shown).toBeLessThanOrEqual(share * updates(name));
    }
  }
});

describe("a run", () => {
  const runs = fixtures.flatMap(({ file, fixture }) =>
    fixture.runs.map((run) => [file, run.id, run] as const),
  );
  const longer = runs.filter(([, , { steps }]) => steps > 2);

  test("stays away from kinks, and can be judged: ten spreads are below the ceiling", () => {
    const { factor, lossCeiling, updateCeiling } = tolerances.f32.trajectory;
    for (const [, , { margin, spread }] of runs) {
      expect(margin).toBeGreaterThanOrEqual(tolerances.f32.sampling.leastMargin);
      expect(factor * Math.max(...spread.losses, spread.logits)).toBeLessThanOrEqual(lossCeiling);
      expect(factor * Math.max(...spread.updates.values())).toBeLessThanOrEqual(updateCeiling);
    }
  });

  test("of 20 steps and more learns, and has partial batches", () => {
    expect(longer.length).toBeGreaterThanOrEqual(10);
    for (const [, , { steps, losses, count, recipe }] of longer) {
      expect(steps).toBeGreaterThanOrEqual(20);
      expect(count % recipe.batchSize).not.toBe(0);
      const quarter = Math.floor(losses.length / 4);
      const sum = (part: readonly number[]): number => part.reduce((a, b) => a + b, 0);
      const fall = 1 - sum(losses.slice(-quarter)) / sum(losses.slice(0, quarter));
      expect(fall).toBeGreaterThanOrEqual(tolerances.f32.trajectory.leastDescent);
    }
  });

  test("of every optimizer, schedule and way to give batches is there", () => {
    const recipes = longer.map(([, , { recipe }]) => recipe);
    expect(new Set(recipes.map(({ schedule }) => `${schedule.kind} ${schedule.warmupSteps > 0}`)).size).toBe(
      4,
    );
    expect(new Set(recipes.map(({ optimizer }) => optimizer.kind))).toEqual(new Set(["sgd", "adamw"]));
    const momenta = recipes.flatMap(({ optimizer }) =>
      optimizer.kind === "sgd" ? [optimizer.momentum] : [],
    );
    expect(momenta).toEqual(expect.arrayContaining([0, 0.9]));
    expect(new Set(runs.map(([, , { batches }]) => batches))).toEqual(new Set(["indices", "images"]));
  });
});
