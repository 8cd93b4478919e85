import { shownText } from "@nin/spec";
import { rate } from "../report/figures.js";
import type { Change, Comparison } from "./compare.js";

/** A comparison for a person: what changed beyond noise first. */
export function comparisonLines(comparison: Comparison, threshold: number): readonly string[] {
  const { changes, regressions, ratios, ratiosAgreeing, largestRatioDifference, cautions } = comparison;
  const changed = changes.filter(({ beyondNoise }) => beyondNoise);
  return [
    ...cautions.map((caution) => `caution: ${shownText(caution)}`),
    ...changed.map(changeLine),
    `${changed.length} of ${changes.length} changed beyond noise; ${regressions} slower by more than ${(100 * threshold).toFixed(0)}%, or no longer measured`,
    ...(ratios === 0
      ? []
      : [
          `${ratiosAgreeing} of ${ratios} ratios between contestants agree within their intervals; the largest difference is ${(100 * largestRatioDifference).toFixed(1)}%`,
        ]),
  ];
}

function changeLine({ where, contestant, speed, regression, before, after, note }: Change): string {
  const what = `${shownText(where)}: ${shownText(contestant)}`;
  const mark = regression ? "REGRESSION" : speed > 1 ? "faster" : "slower";
  if (before === undefined || after === undefined) {
    return `${regression ? mark : "changed"}  ${what}: ${note ?? ""}`;
  }
  return `${mark}  ${what}: ${rate(before.median)} -> ${rate(after.median)} images/s (${speed.toFixed(2)} times)`;
}
