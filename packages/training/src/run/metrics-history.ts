import { constants } from "node:fs";
import type { FileHandle } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type FileSystem, realFileSystem } from "@nin/files";
import type { RunConfig } from "../record/config.js";
import { type CurvePoint, DownsampledSteps } from "../record/downsampled-steps.js";
import {
  type EpochMetrics,
  type MetricsLine,
  parseMetricsLine,
  type TrainingWarning,
} from "../record/metrics.js";
import { RunError } from "../record/run-error.js";
import { readConfig, stepsPerEpochOf } from "./config.js";
import { reading } from "./errors.js";
import type { SummaryOptions } from "./run-summary.js";

/** The curves of a run over its steps, as pages lay them over each other. Units: nats, fractions. */
export interface RunCurves {
  /** The training loss, smooth enough to be compared: means over stretches of the logged steps. */
  readonly trainLoss: readonly CurvePoint[];
  /** Of each epoch; empty without a validation split. */
  readonly validationLoss: readonly CurvePoint[];
  readonly validationAccuracy: readonly CurvePoint[];
  /** Of each epoch; empty where nothing was evaluated. */
  readonly testLoss: readonly CurvePoint[];
  readonly testAccuracy: readonly CurvePoint[];
}

/** More points of a line among others cannot be told apart. */
const MOST_MEANS = 100;
/** What is read at once. Units: bytes. */
const CHUNK_BYTES = 1 << 20;
/** A longer line is not one of ours, and is skipped. Units: bytes. */
const LONGEST_LINE_BYTES = 1 << 24;
const NEWLINE = 10;

/**
 * The metrics of a run, read on as they are written, in bounded memory: of a long run not every logged step, but a curve
 * that looks the same, and the confusion matrix of the newest epoch alone.
 *
 * @example
 * ```ts
 * const history = new MetricsHistory("runs/2026-01-01");
 * await history.refresh();
 * console.log(history.lines.length);
 * ```
 */
export class MetricsHistory {
  readonly #path: string;
  readonly #files: FileSystem;
  #steps = new DownsampledSteps();
  #epochs: EpochMetrics[] = [];
  #warnings: TrainingWarning[] = [];
  /** The file that was read, by its number, and how far. */
  #file = 0;
  #offset = 0;
  /** A line that is not complete yet. */
  #rest: Buffer = Buffer.alloc(0);
  /** Whether the rest of a line that was too long is skipped. */
  #isSkipping = false;
  /** When the last call of `refresh` is over. */
  #refreshed: Promise<unknown> = Promise.resolve();

  /** @param folder - of the run */
  constructor(folder: string, { files = realFileSystem }: SummaryOptions = {}) {
    this.#path = join(resolve(folder), "metrics.jsonl");
    this.#files = files;
  }

  /**
   * Reads what was written since the last call; everything anew where the file was replaced, as it is when a run is
   * resumed. Lines that are not metrics are skipped; one that is being written is read once it is complete.
   *
   * @returns whether anything has changed
   * @throws RunError (`NIN_RUN_READ`)
   * @throws the signal's reason when it aborts
   */
  refresh(signal?: AbortSignal): Promise<boolean> {
    // One after the other: two at once would read the same lines twice.
    const refreshed = this.#refreshed.then(() => this.#refresh(signal));
    this.#refreshed = refreshed.catch(() => {});
    return refreshed;
  }

  async #refresh(signal: AbortSignal | undefined): Promise<boolean> {
    return reading(this.#path, async () => {
      const file = await this.#open();
      if (file === undefined) return this.#startAnew(0);
      try {
        const info = await file.stat();
        if (!info.isFile()) throw new RunError("NIN_RUN_READ", this.#path, "cannot be read: expected a file");
        const isOther = info.ino !== this.#file || info.size < this.#offset;
        const isAnew = isOther && this.#startAnew(info.ino);
        return (await this.#readOn(file, info.size, signal)) || isAnew;
      } finally {
        await file.close();
      }
    });
  }

  /** The lines so far, in the order of their steps. */
  get lines(): readonly MetricsLine[] {
    const lines: readonly MetricsLine[] = [...this.#steps.lines, ...this.#epochs, ...this.#warnings];
    return lines.toSorted((one, other) => one.step - other.step);
  }

  get curves(): RunCurves {
    const ofEpochs = (
      name: "validationLoss" | "validationAccuracy" | "testLoss" | "testAccuracy",
    ): readonly CurvePoint[] =>
      this.#epochs.flatMap((epoch) => {
        const value = epoch[name];
        return typeof value === "number" && Number.isFinite(value) ? [{ x: epoch.step, y: value }] : [];
      });
    return {
      trainLoss: this.#steps.means(MOST_MEANS),
      validationLoss: ofEpochs("validationLoss"),
      validationAccuracy: ofEpochs("validationAccuracy"),
      testLoss: ofEpochs("testLoss"),
      testAccuracy: ofEpochs("testAccuracy"),
    };
  }

  async #open(): Promise<FileHandle | undefined> {
    try {
      // Without blocking, as a pipe without a writer would block a thread forever.
      return await this.#files.open(this.#path, constants.O_RDONLY | constants.O_NONBLOCK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
      throw error;
    }
  }

  /** Forgets what was read; says whether that was anything. */
  #startAnew(file: number): boolean {
    const hadLines = this.#offset > 0;
    this.#file = file;
    this.#offset = 0;
    this.#rest = Buffer.alloc(0);
    this.#isSkipping = false;
    this.#steps = new DownsampledSteps();
    this.#epochs = [];
    this.#warnings = [];
    return hadLines;
  }

  async #readOn(file: FileHandle, sizeBytes: number, signal: AbortSignal | undefined): Promise<boolean> {
    const before = this.#offset;
    while (this.#offset < sizeBytes) {
      signal?.throwIfAborted();
      const length = Math.min(CHUNK_BYTES, sizeBytes - this.#offset);
      const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, this.#offset);
      if (bytesRead === 0) break;
      this.#offset += bytesRead;
      this.#take(buffer.subarray(0, bytesRead));
    }
    return this.#offset > before;
  }

  #take(bytes: Buffer): void {
    const end = bytes.lastIndexOf(NEWLINE);
    if (end < 0) {
      this.#keep(bytes);
      return;
    }
    const text = Buffer.concat([this.#rest, bytes.subarray(0, end)]).toString("utf8");
    this.#rest = Buffer.alloc(0);
    const lines = text.split("\n").slice(this.#isSkipping ? 1 : 0);
    this.#isSkipping = false;
    for (const line of lines) this.#add(parseMetricsLine(line));
    this.#keep(bytes.subarray(end + 1));
  }

  /** Keeps the beginning of a line until the rest of it is there. */
  #keep(bytes: Buffer): void {
    if (this.#isSkipping) return;
    this.#rest = Buffer.concat([this.#rest, bytes]);
    if (this.#rest.length <= LONGEST_LINE_BYTES) return;
    this.#rest = Buffer.alloc(0);
    this.#isSkipping = true;
  }

  #add(line: MetricsLine | undefined): void {
    if (line === undefined) return;
    if (line.kind === "step") this.#steps.add(line);
    else if (line.kind === "warning") this.#warnings.push(line);
    else {
      const last = this.#epochs.at(-1);
      if (last !== undefined) this.#epochs[this.#epochs.length - 1] = { ...last, confusion: null };
      this.#epochs.push(line);
    }
  }
}

/** A run's settings and curves. */
export interface CurvesOfRun {
  readonly config: RunConfig;
  readonly curves: RunCurves;
  /** How many steps an epoch has. */
  readonly stepsPerEpoch: number;
}

/**
 * Reads the curves of a run, whether it is being trained or not. Needs no lock.
 *
 * @throws RunError (`NIN_RUN_MISSING`, `NIN_RUN_READ`, `NIN_RUN_CORRUPT`)
 *
 * @example
 * ```ts
 * const { curves, stepsPerEpoch } = await readRunCurves("runs/2026-01-01");
 * ```
 */
export async function readRunCurves(folder: string, options: SummaryOptions = {}): Promise<CurvesOfRun> {
  const { config } = await readConfig(options.files ?? realFileSystem, resolve(folder));
  const history = new MetricsHistory(folder, options);
  await history.refresh();
  return { config, curves: history.curves, stepsPerEpoch: stepsPerEpochOf(config) };
}
