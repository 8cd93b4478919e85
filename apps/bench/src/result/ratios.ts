import { ratioOf } from "../statistics/summary.js";
import type { Entry, Ratio } from "./format.js";

/** Whom the others are compared with where it was measured: the usual way to train on a processor. */
const YARDSTICK = "pytorch:channels-last";

/** How many times as fast as the yardstick everyone else is, round by round; without it, as the first that was measured. */
export function ratiosOf(entries: readonly Entry[]): readonly Ratio[] {
  const speeds = entries.flatMap(({ contestant, measured }) =>
    measured === undefined ? [] : [{ contestant, samples: measured.imagesPerSecond.samples }],
  );
  const to = speeds.find(({ contestant }) => contestant === YARDSTICK) ?? speeds[0];
  if (to === undefined) return [];
  return speeds
    .filter((other) => other !== to)
    .map(({ contestant, samples }) => ({
      of: contestant,
      to: to.contestant,
      speed: ratioOf(samples, to.samples),
    }));
}
