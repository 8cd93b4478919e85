import type { FileHandle } from "node:fs/promises";
import type { MetricsLine } from "../metrics.js";
import { type FileSystem, replaceFile, textOf } from "./file-system.js";

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

  /** Every whole line. */
  async read(): Promise<readonly MetricsLine[]> {
    const text = (await textOf(this.files, this.path)) ?? "";
    return text.split("\n").flatMap(parseLine);
  }

  /**
   * Cuts the file back to the lines written up to a step of the run and its finished epochs. Makes
   * an empty one where there is none.
   */
  async cutBack(step: number, epoch: number): Promise<void> {
    const text = await textOf(this.files, this.path);
    const kept = (await this.read()).filter((line) =>
      line.kind === "step" ? line.step <= step : line.epoch <= epoch,
    );
    const wanted = kept.map((line) => `${JSON.stringify(line)}\n`).join("");
    if (wanted !== text) await replaceFile(this.files, this.path, wanted);
  }
}

/** None for a line that was cut off while it was written. */
function parseLine(text: string): readonly MetricsLine[] {
  try {
    return [JSON.parse(text) as MetricsLine];
  } catch {
    return [];
  }
}
