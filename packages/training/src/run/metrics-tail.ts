import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import type { FileSystem } from "@nin/files";
import {
  type EpochMetrics,
  isNotFinite,
  type MetricsLine,
  parseMetricsLine,
  type StepMetrics,
} from "../record/metrics.js";
import { RunError } from "../record/run-error.js";
import { reading } from "./errors.js";

/** The end of a run's metrics. */
export interface MetricsTail {
  /** Of the epochs that were read: the newest ones, in order; none before the end of the first. */
  readonly epochs: readonly EpochMetrics[];
  /** The newest logged step; missing also where the newest epoch is newer. */
  readonly step?: StepMetrics;
  /** Whether the run ended because a value was not finite. */
  readonly isNotFinite: boolean;
  /** When the file last changed. Units: milliseconds since 1970. */
  readonly modifiedAtMs: number;
}

/** What is read first; twice as much each time that this is not enough. Units: bytes. */
const FIRST_BYTES = 16_384;
/** What has no line of an epoch or its steps in so much is not the metrics of a run. Units: bytes. */
const MOST_BYTES = 2 ** 26;

/**
 * Reads the end of `metrics.jsonl`: as much as it takes to find the newest epoch, so that a list of runs is quick
 * however long they are. Lines that are not metrics are skipped, also one that is being written.
 *
 * @returns undefined where there is no such file
 * @throws RunError (`NIN_RUN_READ`)
 */
export async function readMetricsTail(files: FileSystem, path: string): Promise<MetricsTail | undefined> {
  return reading(path, async () => {
    const file = await openIfThere(files, path);
    if (file === undefined) return undefined;
    try {
      const info = await file.stat();
      if (!info.isFile()) throw new RunError("NIN_RUN_READ", path, "cannot be read: expected a file");
      return { ...tailOf(await newestLines(file, info.size)), modifiedAtMs: info.mtimeMs };
    } finally {
      await file.close();
    }
  });
}

async function openIfThere(files: FileSystem, path: string): Promise<FileHandle | undefined> {
  try {
    // Without blocking, as a pipe without a writer would block a thread forever.
    return await files.open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** The last lines, from the newest epoch's on, or all of the first epoch. */
async function newestLines(file: FileHandle, sizeBytes: number): Promise<readonly MetricsLine[]> {
  for (let wanted = FIRST_BYTES; ; wanted *= 2) {
    const length = Math.min(wanted, sizeBytes);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, sizeBytes - length);
    const text = buffer.toString("utf8", 0, bytesRead);
    // The first line may be cut off, and the last one while it is written: those are no lines either.
    const parsed = text
      .split("\n")
      .map(parseMetricsLine)
      .filter((line) => line !== undefined);
    const isEnough = parsed.some(
      (line) => line.kind === "epoch" || (line.kind === "step" && line.epoch === 1),
    );
    if (isEnough || length === sizeBytes || wanted >= MOST_BYTES) return parsed;
  }
}

function tailOf(lines: readonly MetricsLine[]): Omit<MetricsTail, "modifiedAtMs"> {
  const newest = lines.findLast((line) => line.kind !== "warning");
  return {
    epochs: lines.filter((line) => line.kind === "epoch"),
    ...(newest?.kind === "step" && { step: newest }),
    isNotFinite: lines.some(isNotFinite),
  };
}
