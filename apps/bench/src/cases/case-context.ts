import type { Precision } from "@nin/backend";
import type { Architecture, Recipe } from "@nin/spec";
import type { Line } from "../implementations/implementation";
import type { Mode } from "../protocol/job";
import type { Openings } from "./startup-times";

/** One case to measure. */
export interface CasePlan {
  readonly model: string;
  readonly architecture: Architecture;
  readonly batch: number;
  readonly precision: Precision;
  readonly mode: Mode;
  /** Its part of the time, beside the other cases'. */
  readonly weight: number;
}

/** When a case has been measured well enough, and how. */
export interface Pace {
  /** A slice's length. Units: ms. */
  readonly sliceMs: number;
  readonly minRounds: number;
  readonly maxRounds: number;
  /** Half the interval's width relative to the median at which it is tight. */
  readonly tightWidth: number;
}

/** What is happening, for whoever watches. */
export interface BenchProgress {
  /** `nin-mnist, batch 8, train`. */
  readonly section: string;
  /** `onnxruntime:cpu: warming up`. */
  readonly doing: string;
  /** Of the whole run: the part of its time that is over. */
  readonly done: number;
}

/** What all cases of a run share. */
export interface CaseContext {
  readonly line: Line;
  readonly recipe: Recipe;
  readonly data: string;
  readonly threads: number;
  readonly pace: Pace;
  readonly signal: AbortSignal;
  readonly report: (section: string, doing: string) => void;
  readonly openings: Openings;
}
