import { type BenchResult, type CaseResult, caseName, type Entry, type Ratio } from "./format.js";
import { ratioOf, type Summary } from "./statistics.js";

/** The id of a backend's build in another checkout. */
export function checkoutId(backendId: string): string {
  return `${backendId}@checkout`;
}

/** The implementation that all others are compared with where it was measured: the usual way to train on a processor. */
const REFERENCE_BASELINE = "pytorch:channels-last";

/**
 * How many times as fast every other measured implementation is as one of them, round by round; then each backend
 * as its build in another checkout.
 */
export function ratiosOf(entries: readonly Entry[]): readonly Ratio[] {
  const speeds = entries.flatMap(({ implementation, measured }) =>
    measured === undefined ? [] : [{ implementation, samples: measured.imagesPerSecond.samples }],
  );
  const to = speeds.find(({ implementation }) => implementation === REFERENCE_BASELINE) ?? speeds[0];
  if (to === undefined) return [];
  const pairs = [
    ...speeds.filter((other) => other !== to).map((of) => ({ of, to })),
    ...speeds.flatMap((of) => {
      const other = speeds.find(({ implementation }) => implementation === checkoutId(of.implementation));
      return other === undefined ? [] : [{ of, to: other }];
    }),
  ];
  return pairs.map((pair) => ({
    of: pair.of.implementation,
    to: pair.to.implementation,
    speed: ratioOf(pair.of.samples, pair.to.samples),
  }));
}

/**
 * The ratio of an implementation to the one that all are compared with; `undefined` for that one itself, and where
 * it was not measured.
 */
export function referenceRatio({ ratios }: CaseResult, implementation: string): Ratio | undefined {
  const [first] = ratios;
  return ratios.find(({ of, to }) => of === implementation && to === first?.to);
}

/** How each backend compares with its build in another checkout, both measured in turn in one run. */
export interface CheckoutComparison {
  readonly where: string;
  readonly implementation: string;
  /** How many times as fast this build is. */
  readonly speed: Summary;
  /** Whether the whole interval lies below 1, and the median by more than the threshold. */
  readonly regression: boolean;
}

/**
 * Compares the builds of this and another checkout in one run. Ratios of the same rounds show smaller differences
 * than two runs do.
 */
export function compareCheckouts({ cases }: BenchResult, threshold: number): readonly CheckoutComparison[] {
  return cases.flatMap((of) =>
    of.ratios
      .filter((ratio) => ratio.to === checkoutId(ratio.of))
      .map(({ of: implementation, speed }) => {
        const regression = speed.high < 1 && speed.median < 1 - threshold;
        return { where: caseName(of), implementation, speed, regression };
      }),
  );
}
