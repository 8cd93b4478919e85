import { caseName } from "../result/case-name.js";
import type { BenchResult, Entry } from "../result/format.js";
import type { Summary } from "../statistics/summary.js";

/** What became of a contestant in a case, from one run to another. */
export interface Change {
  readonly where: string;
  readonly contestant: string;
  /** How many times as fast the later run is. */
  readonly speed: number;
  /** Whether the two intervals do not overlap. */
  readonly beyondNoise: boolean;
  /** Slower beyond noise, by more than the threshold; or measured before and wrong or failed now. */
  readonly regression: boolean;
  readonly before?: Summary;
  readonly after?: Summary;
  /** Where it was not measured in both. */
  readonly note?: string;
}

export interface Comparison {
  readonly changes: readonly Change[];
  readonly regressions: number;
  /** Ratios between contestants that both runs have: those whose intervals overlap, of how many. */
  readonly ratiosAgreeing: number;
  readonly ratios: number;
  /** The largest relative difference of a ratio. */
  readonly largestRatioDifference: number;
  /** What makes the two hard to compare. */
  readonly cautions: readonly string[];
}

/** What changed beyond noise. A threshold of 0.05 is a twentieth. */
export function compareResults(before: BenchResult, after: BenchResult, threshold: number): Comparison {
  const changes = before.cases.flatMap((was) => {
    const is = after.cases.find((candidate) => caseName(candidate) === caseName(was));
    return is === undefined
      ? []
      : was.entries.flatMap((entry) => {
          const now = is.entries.find(({ contestant }) => contestant === entry.contestant);
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

function changeOf(where: string, before: Entry, after: Entry, threshold: number): readonly Change[] {
  const [was, is] = [before.measured?.imagesPerSecond, after.measured?.imagesPerSecond];
  const { contestant } = before;
  if (was === undefined && is === undefined) return [];
  if (was === undefined || is === undefined) {
    const note = `${before.status} before, ${after.status} now`;
    const regression = after.status === "wrong" || after.status === "failed";
    return [{ where, contestant, speed: Number.NaN, beyondNoise: true, regression, note }];
  }
  const speed = is.median / was.median;
  const beyondNoise = !overlap(was, is);
  const regression = beyondNoise && speed < 1 - threshold;
  return [{ where, contestant, speed, beyondNoise, regression, before: was, after: is }];
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
  const busy = [before, after].some(({ environment }) => environment.loadBefore > 0.3);
  return [
    ...differing.map(
      (field) => `${field}: ${before.environment[field]} before, ${after.environment[field]} now`,
    ),
    ...(before.settings.threads === after.settings.threads ? [] : ["the threads differ"]),
    ...(busy ? ["the machine was busy before one of the runs"] : []),
  ];
}
