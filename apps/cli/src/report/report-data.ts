import type { FeatureMap, MetricsLine } from "@nin/training";
import type { RunConfig } from "@nin/training/node";

/** What a run's page is made of. */
export interface ReportData {
  readonly config: RunConfig;
  /** The run's lines, in order. A value that is not finite may be NaN, infinite or null, as JSON has it. */
  readonly metrics: readonly MetricsLine[];
  readonly status: RunStatus;
  /** Of the data, not of the network's input. */
  readonly imageSize: ImageSize;
  /** Some test images; see `chooseSamples`. */
  readonly samples: readonly ReportSample[];
  /** Why there are no samples, where a reader may expect some. */
  readonly samplesNote?: string;
  /** Whether the page is kept up to date while the run goes on. */
  readonly isLive?: boolean;
}

/** The state of the run when its page was written. */
export type RunStatus = "finished" | "interrupted" | "running" | "diverged";

/** Units: pixels. */
export interface ImageSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** A test image and what the trained network predicts for it. */
export interface ReportSample {
  /** Shapes: [channels, height, width], bytes. */
  readonly pixels: Uint8Array;
  readonly label: number;
  readonly prediction: number;
  /** Of the prediction, from 0 to 1. */
  readonly probability: number;
  /** The class activation map of the prediction; absent where the network has none. */
  readonly map?: FeatureMap;
}

/** The name of a class, or its number where the data set has no names. */
export function className(names: readonly string[], index: number): string {
  const name = names[index];
  return name === undefined || name === "" ? `class ${index}` : name;
}
