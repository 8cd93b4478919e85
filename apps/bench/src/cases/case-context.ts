import type { Precision } from "@nin/backend";
import type { ImageSize } from "@nin/data";
import type { Architecture, Recipe } from "@nin/spec";
import type { Targets } from "../implementations/targets.js";
import type { Mode } from "../protocol/messages.js";
import type { CaseIdentity } from "../result/format.js";

/** One case to measure. */
export interface CasePlan {
  readonly model: string;
  readonly architecture: Architecture;
  readonly batch: number;
  readonly precision: Precision;
  readonly mode: Mode;
  /** In `train` and `forward`: the size at which backends keep the images as bytes. */
  readonly resident?: ImageSize;
  /** Its share of the time, relative to the other cases. */
  readonly weight: number;
}

/** What a case is called and recorded as. */
export function identityOf({ model, batch, precision, mode, resident }: CasePlan): CaseIdentity {
  const size = resident === undefined ? {} : { resident: `${resident.height}x${resident.width}` };
  return { model, batch, precision, mode, ...size };
}

/** How a case is measured, and when it has been measured well enough. */
export interface Pace {
  /** The length of a slice. Units: ms. */
  readonly sliceMs: number;
  readonly minRounds: number;
  readonly maxRounds: number;
  /** The half-width of an interval, relative to its median, below which it is tight. */
  readonly tightWidth: number;
}

/** What is happening, for progress displays. */
export interface BenchProgress {
  /** `nin-mnist, batch 8, train`. */
  readonly section: string;
  /** `onnxruntime:cpu: warming up`. */
  readonly doing: string;
  /** The elapsed fraction of the whole run's time. */
  readonly done: number;
}

/** What all cases of a run share. */
export interface CaseContext {
  readonly targets: Targets;
  readonly recipe: Recipe;
  readonly data: string;
  readonly threads: number;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  readonly report: (section: string, doing: string) => void;
  readonly startupTimes: StartupTimes;
}

/** How long an implementation took to start and compile, and then to answer the correctness check. Units: ms. */
export interface StartupTime {
  readonly startMs: number;
  readonly checkMs: number;
}

interface RecordedStartup extends StartupTime {
  readonly implementation: string;
  readonly work: number;
}

/** Remembers startup times, so that a slow implementation does not take time from the others in every case. */
export class StartupTimes {
  readonly #recorded: RecordedStartup[] = [];

  /** `work` is what the correctness check computes, in any unit. */
  record(implementation: string, work: number, time: StartupTime): void {
    this.#recorded.push({ implementation, work, ...time });
  }

  /**
   * How long starting and checking will take at least, from the last network that was no larger: a check takes
   * longer in proportion to its work. 0 where nothing is known. Units: ms.
   */
  expected(implementation: string, work: number): number {
    const known = this.#recorded.findLast((one) => one.implementation === implementation && one.work <= work);
    return known === undefined ? 0 : known.startMs + known.checkMs * (work / known.work);
  }
}
