import type { FileHandle } from "node:fs/promises";
import type { FileSystem } from "@nin/files";
import type { MetricsLine } from "../record/metrics.js";
import { metricsIn, metricsText, metricsUpTo } from "../record/metrics-text.js";
import { replaceFile, textOf } from "./run-files.js";

/** `metrics.jsonl` of a run that is being trained. */
export class MetricsFile {
  #file: FileHandle | undefined;

  constructor(
    private readonly files: FileSystem,
    private readonly path: string,
  ) {}

  /**
   * Appends lines.
   *
   * @param requireLock - called when the file is open, and throws when this process must no longer write. The next holder
   *   of the lock puts another file in its place, so that a process that is stopped just afterwards writes into the one
   *   that nobody reads any more.
   */
  async append(lines: readonly MetricsLine[], requireLock: () => Promise<void>): Promise<void> {
    this.#file ??= await this.files.open(this.path, "a");
    await requireLock();
    await this.#file.writeFile(metricsText(lines));
  }

  /** Waits until all lines are on the disk. */
  async sync(): Promise<void> {
    await this.#file?.sync();
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  /**
   * Every complete line of metrics. Other lines are skipped.
   *
   * @throws RunError (`NIN_RUN_READ`)
   */
  async read(): Promise<readonly MetricsLine[]> {
    const text = await this.#text();
    return text === undefined ? [] : metricsIn(text).lines;
  }

  /**
   * Truncates the file to the lines written up to a step of the run and its finished epochs. Creates an empty file where
   * there is none. A warning stays that was noticed up to that step, unless it follows a line that is removed: one may be
   * noticed in an evaluation that the checkpoint of its step does not include.
   *
   * @param requireLock - called before the change; throws when this process must no longer write
   * @param isTaken - whether the lock was taken from a process that may still have the file open: the file is then replaced
   *   in any case
   * @returns the number of removed lines that are not metrics, without one that was cut off at the end
   */
  async cutBack(
    step: number,
    epoch: number,
    requireLock: () => Promise<void>,
    isTaken = false,
  ): Promise<number> {
    const text = await this.#text();
    const { lines, invalidCount } = metricsIn(text ?? "");
    const wanted = metricsText(metricsUpTo(lines, step, epoch));
    if (wanted !== text || isTaken) await replaceFile(this.files, this.path, wanted, requireLock);
    return invalidCount;
  }

  #text(): Promise<string | undefined> {
    return textOf(this.files, this.path, "metrics");
  }
}
