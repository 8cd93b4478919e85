import { present } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { levelOf } from "../case/case.js";
import { createNodeHost } from "../case/node-host.js";
import { isFailure } from "../report/report.js";
import { conformanceCases } from "../runner/cases.js";
import { excludedIds } from "../runner/excluded-from-mixed.js";
import { runCase } from "../runner/run-case.js";
import { runConformance } from "../runner/run-conformance.js";
import { roundedToBfloat16 } from "../sampling/rounded-reference.js";
import { caughtBy } from "./caught-by.js";
import { catchingCase, mutants } from "./index.js";
import { referenceWith } from "./wrapped.js";

const host = createNodeHost();
const mixed = { host, precision: "mixed" } as const;
/** On a machine that does other work too. */
const TIMEOUT_MS = 300_000;

const cases = conformanceCases();
/** Networks whose gradients take the oracle several seconds, nine times. */
const isLarge = (id: string): boolean => /pytorch\/(nin:|nin-.*-?size-)/.test(id);

describe("quick cases in mixed precision", { timeout: TIMEOUT_MS }, () => {
  test("all pass with factors of float16, except those that are excluded by name", async () => {
    const report = await runConformance(referenceWith(), { ...mixed, quick: true });
    expect(report.cases.filter(isFailure)).toEqual([]);
    expect(report.cases.filter(({ status }) => status === "skipped").map(({ id }) => id)).toEqual(
      cases.filter(({ id, quick }) => quick && excludedIds.includes(id)).map(({ id }) => id),
    );
    expect(report.passed).toBeGreaterThan(300);
  });

  test("all pass with exact factors", async () => {
    const report = await runConformance(referenceWith({}, { round: (value) => value }), {
      ...mixed,
      quick: true,
    });
    expect(report.cases.filter(isFailure)).toEqual([]);
  });

  test.each(["forward", "gradients", "step", "trajectory"] as const)(
    "factors of bfloat16, eight times as coarse, fail in %s",
    async (level) => {
      const backend = referenceWith({}, { round: roundedToBfloat16 });
      const report = await runConformance(backend, { ...mixed, quick: true, filter: `${level}/` });
      expect(report.failed / report.cases.length).toBeGreaterThan(0.2);
    },
  );
});

test("gradients that are not scaled fail where they are small", async () => {
  const backend = referenceWith({}, { gradientScale: () => 1 });
  const report = await runConformance(backend, { ...mixed, filter: "gradients/behaviour/" });
  expect(report.cases.filter(isFailure).map(({ id }) => id)).toEqual(["gradients/behaviour/small-terms"]);
});

describe("mutants, their factors rounded to float16", () => {
  test.each([
    "layers/inner-shape",
    "parameters/bfloat16",
    "conv2d/padding-after",
    "conv2d/odd-tile",
    "max-pool2d/ties-last",
    "avg-pool2d/overhang-counted",
    "relu/derivative-at-zero",
    "loss/mean-of-parts",
    "gradients/bfloat16",
    "sgd/dampening",
    "sgd/previous-gradient",
    "adamw/coupled-decay",
    "adamw/ten-corrections",
    "dropout/threshold-cut",
    "dropout/sixteen-masks",
    "preprocessing/no-rounding-between",
    "state/velocity-lost",
  ])("%s is caught by its level", { timeout: TIMEOUT_MS }, async (id) => {
    const mutant = present(mutants.find((each) => each.id === id));
    const own = cases.filter((entry) => levelOf(entry.id) === mutant.level);
    const caught = await catchingCase(mutant, own, mixed);
    expect(caught?.id, mutant.mistake).toContain(`${mutant.level}/`);
    expect(caught?.detail).not.toMatch(/^(TypeError|ReferenceError|InternalError)/);
  });

  // 1e-3 of one channel in 96 is 2^-13 of all, a quarter of what a rounding of their factors is.
  test("a thousandth of one channel in 96 is less than float16 can show", async () => {
    const mutant = present(mutants.find(({ id }) => id === "conv2d/one-channel-of-96"));
    const entry = present(cases.find(({ id }) => id === caughtBy["conv2d/one-channel-of-96"]));
    expect((await runCase(entry, mutant.create(), mixed)).status).toBe("passed");
    expect((await runCase(entry, mutant.create(), { host })).status).toBe("failed");
  });
});

describe("the cases that are excluded from mixed precision", () => {
  test("are cases of the suite", () => {
    const ids = cases.map(({ id }) => id);
    expect(excludedIds.filter((id) => !ids.includes(id))).toEqual([]);
  });

  test.each(excludedIds.filter((id) => !isLarge(id)))(
    "%s cannot be judged in it",
    { timeout: TIMEOUT_MS },
    async (id) => {
      const entry = present(cases.find((each) => each.id === id));
      const { notInMixed, ...judged } = entry;
      expect((await runCase(entry, referenceWith(), mixed)).detail).toContain(notInMixed);
      expect((await runCase(entry, referenceWith(), { host })).status).toBe("passed");
      expect((await runCase(judged, referenceWith(), mixed)).detail).toMatch(
        /apart|from the kinks|relative error/,
      );
    },
  );
});
