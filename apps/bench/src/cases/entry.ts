import type { Entry } from "../result/format";
import { median } from "../statistics/quantile";
import { summaryOf } from "../statistics/summary";
import { speedsOf } from "./rounds";
import type { Runner } from "./runner";

/** Devices other than the processor, whose own time is not the process's. */
const CARDS = ["cuda", "gpu"];

/** What is told of a contestant that was measured; its share of a ceiling is filled in by whoever knows that. */
export function measuredEntry(runner: Runner, batch: number, flopsPerImage: number): Entry {
  const { contestant, opened, slices, gate, coldStart, flags, losses } = runner;
  const imagesPerSecond = summaryOf(speedsOf(runner, batch));
  const busy = slices.flatMap(({ answer }) =>
    answer.mainThreadMs === null ? [] : [answer.mainThreadMs / answer.elapsedMs],
  );
  const hostMs = median(slices.map(({ steps, answer }) => answer.cpuMs / steps));
  const deviceBytes = slices.flatMap(({ answer }) => answer.deviceBytes ?? []);
  return {
    contestant: contestant.id,
    status: "measured",
    ...(gate === undefined ? {} : { gate }),
    ...(coldStart === undefined ? {} : { coldStart }),
    measured: {
      imagesPerSecond,
      flopsPerSecond: flopsPerImage * imagesPerSecond.median,
      shareOfCeiling: null,
      stepsPerSlice: runner.stepsPerSlice,
      coresUsed: median(slices.map(({ answer }) => answer.cpuMs / answer.elapsedMs)),
      mainThreadShare: busy.length === 0 ? null : median(busy),
      hostMsPerStep: CARDS.includes(contestant.hardware) ? hostMs : null,
      peakRssBytes: Math.max(...slices.map(({ answer }) => answer.peakRssBytes)),
      deviceBytes: deviceBytes.length === 0 ? null : Math.max(...deviceBytes),
    },
    versions: opened?.versions ?? {},
    flags,
    losses,
  };
}
