import { at } from "@nin/spec";
import type { LayerProgram } from "./layer-program.js";

/** How long a device works before it is timed: an idle one's clocks are low, and first accesses to memory are slow. Units: ms. */
const WARM_UP_MS = 40;

/** How long a reading takes, unless one run takes longer: clocks are coarse. Units: ms. */
const READING_MS = 10;

const MOST_RUNS = 50;

/** Other programs may use the device too, so that a reading or two may be far off. */
const READINGS = 5;

/** No reading begins later than this: on a software adapter one run may take seconds. Units: ms. */
const READINGS_MS = 100;

/**
 * How long a run takes: the median of a few readings of a warm device; of slow runs fewer, at least one.
 * Units: ms.
 */
export async function medianTime({ time }: Pick<LayerProgram, "time">): Promise<number> {
  const runsIn = (ms: number) => Math.min(MOST_RUNS, Math.max(1, Math.ceil(ms / lastMs)));
  const warmUpEnd = performance.now() + WARM_UP_MS;
  let lastMs = await time(1);
  while (performance.now() < warmUpEnd) lastMs = await time(runsIn(READING_MS));
  const runs = runsIn(READING_MS);
  const end = performance.now() + READINGS_MS;
  const readings = [await time(runs)];
  while (readings.length < READINGS && performance.now() < end) readings.push(await time(runs));
  return median(readings);
}

/** The lower of the two middle values: whatever disturbs a reading makes it longer. */
function median(values: readonly number[]): number {
  return at(
    values.toSorted((a, b) => a - b),
    (values.length - 1) >> 1,
  );
}
