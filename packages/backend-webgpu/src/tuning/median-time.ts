import { at } from "@nin/spec";
import type { LayerProgram } from "./layer-program.js";

/** An idle device's clocks are low, and memory is slow the first time: it works so long before it is timed. Units: ms. */
const WARM_UP_MS = 40;

/** A reading takes so long, unless one run takes longer: clocks are coarse. Units: ms. */
const READING_MS = 10;

const MOST_RUNS = 50;

/** Other programs may use the device too: a reading or two may be far off. */
const READINGS = 5;

/** No reading begins after so long: on a processor that plays a card one run may take seconds. Units: ms. */
const READINGS_MS = 100;

/**
 * How long a run takes: the median of a few readings of a device that is warm. Of slow runs there are
 * fewer readings, one at least. Units: ms.
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

/** The lower one of an even number: what disturbs a reading makes it longer. */
function median(values: readonly number[]): number {
  return at(
    values.toSorted((a, b) => a - b),
    (values.length - 1) >> 1,
  );
}
