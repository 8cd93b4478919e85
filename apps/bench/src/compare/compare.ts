import { present, shownText } from "@nin/spec";
import { rate } from "../report/figures.js";
import { QUIET_LOAD } from "../result/environment.js";
import { type BenchResult, caseName, type Entry } from "../result/format.js";
import type { CheckoutComparison } from "../result/ratios.js";
import { withFileWord } from "../result/result-json.js";
import type { Summary } from "../result/statistics.js";

/** How an implementation changed in a case, from one run to another. */
export interface Change {
  readonly where: string;
  readonly implementation: string;
  /** How many times as fast the later run is; NaN where one of the two has no speed. */
  readonly speed: number;
  /** Whether the two intervals do not overlap. */
  readonly beyondNoise: boolean;
  /** Slower beyond noise and by more than the threshold; or measured before, and wrong or failed now. */
  readonly regression: boolean;
  readonly before?: Summary;
  readonly after?: Summary;
  /** Where it was not measured in both. */
  readonly note?: string;
}

/** What changed from one run to another. */
export interface Comparison {
  readonly changes: readonly Change[];
  readonly regressions: number;
  /** Ratios between implementations that both runs have: the number of those whose intervals overlap, and of all. */
  readonly ratiosAgreeing: number;
  readonly ratios: number;
  /** The largest relative difference of a ratio. */
  readonly largestRatioDifference: number;
  /** What makes the two hard to compare. */
  readonly cautions: readonly string[];
}

/**
 * Compares two runs.
 *
 * @param threshold - the fraction by which a regression is slower: 0.05 is a twentieth
 *
 * @example
 * ```ts
 * const [before, after] = [await readResult("before.json"), await readResult("after.json")];
 * const { regressions } = compareResults(before, after, 0.05);
 * ```
 */
export function compareResults(before: BenchResult, after: BenchResult, threshold: number): Comparison {
  const changes = before.cases.flatMap((was) => {
    const is = after.cases.find((candidate) => caseName(candidate) === caseName(was));
    return was.entries.flatMap((entry) => {
      const now = is?.entries.find(({ implementation }) => implementation === entry.implementation);
      return now === undefined ? [] : changeOf(caseName(was), entry, now, threshold);
    });
  });
  return {
    changes,
    regressions: changes.filter(({ regression }) => regression).length,
    ...ratioAgreement(before, after),
    cautions: cautionsOf(before, after),
  };
}

/** A comparison in the words of its JSON output, which do not change. */
export function comparisonJson({ changes, ...rest }: Comparison): object {
  return { changes: changes.map(({ where, ...change }) => ({ where, ...withFileWord(change) })), ...rest };
}

/** A comparison in lines for a person. */
export function comparisonLines(comparison: Comparison, threshold: number): readonly string[] {
  const { changes, regressions, ratios, ratiosAgreeing, largestRatioDifference, cautions } = comparison;
  const changed = changes.filter(({ beyondNoise }) => beyondNoise);
  const percent = (fraction: number, digits: number): string => `${(100 * fraction).toFixed(digits)}%`;
  return [
    ...cautions.map((caution) => `caution: ${shownText(caution)}`),
    ...changed.map(changeLine),
    `${changed.length} of ${changes.length} changed beyond noise; ${regressions} slower by more than ${percent(threshold, 0)}, or no longer measured`,
    ...(ratios === 0
      ? []
      : [
          `${ratiosAgreeing} of ${ratios} ratios between implementations agree within their intervals; the largest difference is ${percent(largestRatioDifference, 1)}`,
        ]),
  ];
}

/** The comparison of two checkouts in lines for a person. */
export function checkoutLines(comparisons: readonly CheckoutComparison[]): readonly string[] {
  return comparisons.map(({ where, implementation, speed, regression }) => {
    const what = `${shownText(where)}: ${shownText(implementation)}`;
    const [median, low, high] = [speed.median, speed.low, speed.high].map((value) => value.toFixed(3));
    const mark = regression ? "REGRESSION  " : "";
    return `${mark}${what}: ${median} (${low} to ${high}) times as fast as the other checkout`;
  });
}

function changeOf(where: string, before: Entry, after: Entry, threshold: number): readonly Change[] {
  const [was, is] = [before.measured?.imagesPerSecond, after.measured?.imagesPerSecond];
  const { implementation } = before;
  if (was === undefined && is === undefined) return [];
  if (was === undefined || is === undefined) {
    const note = `${before.status} before, ${after.status} now`;
    const regression = after.status === "wrong" || after.status === "failed";
    return [{ where, implementation, speed: Number.NaN, beyondNoise: true, regression, note }];
  }
  const speed = is.median / was.median;
  const beyondNoise = !overlap(was, is);
  const regression = beyondNoise && speed < 1 - threshold;
  return [{ where, implementation, speed, beyondNoise, regression, before: was, after: is }];
}

function ratioAgreement(before: BenchResult, after: BenchResult) {
  const pairs = before.cases.flatMap((was) => {
    const is = after.cases.find((candidate) => caseName(candidate) === caseName(was));
    return was.ratios.flatMap((ratio) => {
      const now = is?.ratios.find(({ of, to }) => of === ratio.of && to === ratio.to);
      return now === undefined ? [] : [[ratio.speed, now.speed] as const];
    });
  });
  return {
    ratios: pairs.length,
    ratiosAgreeing: pairs.filter(([a, b]) => overlap(a, b)).length,
    largestRatioDifference: Math.max(0, ...pairs.map(([a, b]) => Math.abs(b.median / a.median - 1))),
  };
}

function overlap(a: Summary, b: Summary): boolean {
  return a.low <= b.high && b.low <= a.high;
}

function cautionsOf(before: BenchResult, after: BenchResult): readonly string[] {
  const differing = (["cpu", "cores", "node", "system"] as const).filter(
    (field) => before.environment[field] !== after.environment[field],
  );
  const busy = [before, after].some(({ environment }) => environment.loadBefore > QUIET_LOAD);
  return [
    ...differing.map(
      (field) => `${field}: ${before.environment[field]} before, ${after.environment[field]} now`,
    ),
    ...(before.settings.threads === after.settings.threads ? [] : ["the numbers of threads differ"]),
    ...(busy ? ["the machine was busy before one of the runs"] : []),
  ];
}

function changeLine({ where, implementation, speed, regression, before, after, note }: Change): string {
  const what = `${shownText(where)}: ${shownText(implementation)}`;
  const mark = regression ? "REGRESSION" : speed > 1 ? "faster" : "slower";
  if (before === undefined || after === undefined) {
    return `${regression ? mark : "changed"}  ${what}: ${present(note, "the note of a change")}`;
  }
  return `${mark}  ${what}: ${rate(before.median)} -> ${rate(after.median)} images/s (${speed.toFixed(2)} times)`;
}
