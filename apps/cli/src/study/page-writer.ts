import { setTimeout as delay } from "node:timers/promises";
import { writeStudyPage } from "@nin/study/node";

/** Between the beginnings of two pages: a study of many short runs has better things to do. Units: milliseconds. */
const INTERVAL_MS = 5000;

/** Writes a study's page again and again while the study runs, one page at a time. */
export class PageWriter {
  #writing: Promise<void> | undefined;
  #isOutdated = false;
  readonly #ended = new AbortController();

  constructor(private readonly folder: string) {}

  /** Has the page written soon. That it cannot be written is reported by `finish`. */
  update(): void {
    this.#isOutdated = true;
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  /**
   * Writes the page as it is to stay.
   *
   * @throws what `writeStudyPage` throws
   */
  async finish(): Promise<string> {
    this.#ended.abort();
    await this.#writing;
    return writeStudyPage(this.folder);
  }

  async #write(): Promise<void> {
    const { signal } = this.#ended;
    while (this.#isOutdated && !signal.aborted) {
      this.#isOutdated = false;
      await writeStudyPage(this.folder).catch(() => undefined);
      await delay(INTERVAL_MS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  }
}
