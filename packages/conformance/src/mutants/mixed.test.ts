import { present } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { type ConformanceCase, levelOf } from "../case/case.js";
import { createNodeHost } from "../case/node-host.js";
import { isFailure } from "../report/report.js";
import { conformanceCases } from "../runner/cases.js";
import { excludedIds } from "../runner/exclusions.js";
import { runCase } from "../runner/run-case.js";
import { runConformance } from "../runner/run-conformance.js";
import { OF_BFLOAT16, roundedToBfloat16 } from "../sampling/rounded-reference.js";
import { caughtBy } from "./caught-by.js";
import { catchingCase, mutants } from "./index.js";
import { referenceWith } from "./wrapped.js";

const host = createNodeHost();
const mixed = { host, precision: "mixed" } as const;
const bfloat16 = { ...mixed, mixedFactors: "bfloat16" } as const;
/** On a machine that does other work too. */
const TIMEOUT_MS = 300_000;

const cases = conformanceCases();
/** Networks whose gradients take the oracle several seconds, nine times. */
const isLarge = (id: string): boolean => /pytorch\/(nin:|nin-.*-?size-)/.test(id);

const classes = [
  {
    arithmetic: "mixed",
    options: mixed,
    rounded: referenceWith(),
    coarser: referenceWith({}, { round: roundedToBfloat16 }),
    least: 300,
    share: 0.2,
  },
  {
    arithmetic: "bfloat16",
    options: bfloat16,
    rounded: referenceWith({}, OF_BFLOAT16),
    coarser: referenceWith({}, { ...OF_BFLOAT16, round: roundedToFourBits }),
    least: 350,
    // Its runs are held to twice to four times as much.
    share: 0.1,
  },
] as const;

describe.each(classes)("quick cases in the arithmetic $arithmetic", { timeout: TIMEOUT_MS }, (one) => {
  const { arithmetic, options, rounded, coarser, least, share } = one;

  test("all pass with its factors, except those that are excluded by name", async () => {
    const report = await runConformance(rounded, { ...options, quick: true });
    expect(report.cases.filter(isFailure)).toEqual([]);
    expect(report.cases.filter(({ status }) => status === "skipped").map(({ id }) => id)).toEqual(
      cases.filter(({ id, quick }) => quick && excludedIds(arithmetic).includes(id)).map(({ id }) => id),
    );
    expect(report.passed).toBeGreaterThan(least);
  });

  test("all pass with exact factors", async () => {
    const exact = referenceWith({}, { round: (value) => value });
    const report = await runConformance(exact, { ...options, quick: true });
    expect(report.cases.filter(isFailure)).toEqual([]);
  });

  test.each(["forward", "gradients", "step", "trajectory"] as const)(
    "factors that are eight times as coarse fail in %s",
    async (level) => {
      const report = await runConformance(coarser, { ...options, quick: true, filter: `${level}/` });
      expect(report.failed / report.cases.length).toBeGreaterThan(share);
    },
  );
});

/** The value with 4 bits of fraction, rounded to nearest. */
function roundedToFourBits(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const spacing = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 4);
  return spacing * Math.round(value / spacing);
}

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

describe.each(classes)("the cases that are excluded from $arithmetic", ({ arithmetic, options, rounded }) => {
  const ids = excludedIds(arithmetic);

  test("are cases of the suite", () => {
    const known = cases.map(({ id }) => id);
    expect(ids.filter((id) => !known.includes(id))).toEqual([]);
  });

  test.each(ids.filter((id) => !isLarge(id)))(
    "%s cannot be judged in it",
    { timeout: TIMEOUT_MS },
    async (id) => {
      const entry = present(cases.find((each) => each.id === id));
      const { notIn, ...judged } = entry;
      const reason = present(notIn?.[arithmetic]);
      expect((await runCase(entry, rounded, options)).detail).toContain(reason);
      expect((await runCase(entry, referenceWith(), { host })).status).toBe("passed");
      // Of these the class's own roundings take more than half.
      const allowed = reason.includes("more than half") ? withHalfOfTheTolerance(judged) : judged;
      expect((await runCase(allowed, rounded, options)).detail).toMatch(/apart|from the kinks|relative/);
    },
  );
});

function withHalfOfTheTolerance(entry: ConformanceCase): ConformanceCase {
  return {
    ...entry,
    run: ({ tolerances, ...context }) =>
      entry.run({ ...context, tolerances: { ...tolerances, smallCase: tolerances.smallCase / 2 } }),
  };
}
