import type { FileHandle } from "node:fs/promises";
import type { FileSystem } from "@nin/files";
import type { MetricsLine } from "../metrics.js";
import { parseMetricsLine } from "../parse-metrics.js";
import { replaceFile, textOf } from "./run-files.js";

/** `metrics.jsonl` of a run that is being trained. */
export class MetricsFile {
  #file: FileHandle | undefined;

  constructor(
    private readonly files: FileSystem,
    private readonly path: string,
  ) {}

  async append(lines: readonly MetricsLine[]): Promise<void> {
    this.#file ??= await this.files.open(this.path, "a");
    await this.#file.writeFile(lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  }

  /** Waits until all lines are on the disk. */
  async sync(): Promise<void> {
    await this.#file?.sync();
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  /** Every whole line of metrics; everything else in the file is skipped. Throws: `RunError` (`NIN_RUN_READ`). */
  async read(): Promise<readonly MetricsLine[]> {
    return metricsIn((await this.#text()) ?? "").lines;
  }

  /**
   * Cuts the file back to the lines written up to a step of the run and its finished epochs. Makes
   * an empty one where there is none.
   *
   * @returns how many lines were removed that are no metrics; one that was cut off at the end is none of them
   */
  async cutBack(step: number, epoch: number): Promise<number> {
    const text = await this.#text();
    const { lines, strangeLines } = metricsIn(text ?? "");
    const kept = lines.filter((line) => (line.kind === "step" ? line.step <= step : line.epoch <= epoch));
    const wanted = kept.map((line) => `${JSON.stringify(line)}\n`).join("");
    if (wanted !== text) await replaceFile(this.files, this.path, wanted);
    return strangeLines;
  }

  #text(): Promise<string | undefined> {
    return textOf(this.files, this.path, "metrics");
  }
}

function metricsIn(text: string): { readonly lines: readonly MetricsLine[]; readonly strangeLines: number } {
  const all = text.split("\n");
  const parsed = all.map(parseMetricsLine);
  const strange = parsed.filter((line, index) => line === undefined && index < all.length - 1);
  return { lines: parsed.filter((line) => line !== undefined), strangeLines: strange.length };
}
