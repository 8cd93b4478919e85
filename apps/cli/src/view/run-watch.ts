import { join, relative, sep } from "node:path";
import type { FileSystem } from "@nin/files";
import {
  type DamagedRun,
  findRuns,
  type InspectedRun,
  inspectRun,
  MetricsHistory,
  RunError,
} from "@nin/training/node";

/** A run below the folder that is watched. */
export interface WatchedRun extends InspectedRun {
  /** Its path below the folder, with slashes; empty for the folder itself. */
  readonly key: string;
  /** Its key, or the folder's name where it is the folder itself. */
  readonly name: string;
  /** When its metrics last changed; 0 where there are none. Units: milliseconds since 1970. */
  readonly changedAtMs: number;
}

/** What differs from the last look. */
export interface WatchChanges {
  /** Keys of runs that are new, or whose summary is another. */
  readonly summaries: readonly string[];
  /** Keys of runs with new metrics. */
  readonly metrics: readonly string[];
  readonly removed: readonly string[];
}

interface Known {
  readonly run: WatchedRun;
  /** Changes with the run's files. */
  readonly stamp: string;
  readonly metricsStamp: string;
}

/** How many runs are looked at at the same time. */
const AT_ONCE = 16;
/** The files whose change is a change of the run. */
const WATCHED = ["config.json", "lock", join("checkpoints", "latest")];

/** The runs below a folder, looked at again and again. It reads through a file system that leads nowhere else. */
export class RunWatch {
  readonly #known = new Map<string, Known>();
  readonly #histories = new Map<string, MetricsHistory>();
  #damaged: readonly DamagedRun[] = [];

  /**
   * @param root - absolute and real
   * @param name - of the folder, as the reader knows it
   */
  constructor(
    readonly root: string,
    readonly name: string,
    private readonly files: FileSystem,
  ) {}

  /** By name, in code-point order. */
  get runs(): readonly WatchedRun[] {
    return [...this.#known.values()].map(({ run }) => run).sort((a, b) => (a.key < b.key ? -1 : 1));
  }

  get damaged(): readonly DamagedRun[] {
    return this.#damaged;
  }

  runOf(key: string): WatchedRun | undefined {
    return this.#known.get(key)?.run;
  }

  /**
   * The metrics of a run, up to date; undefined where there is no such run.
   *
   * @throws RunError
   */
  async historyOf(key: string): Promise<MetricsHistory | undefined> {
    if (!this.#known.has(key)) return undefined;
    const history =
      this.#histories.get(key) ?? new MetricsHistory(this.#folderOf(key), { files: this.files });
    this.#histories.set(key, history);
    await history.refresh();
    return history;
  }

  /**
   * Looks at the folder again.
   *
   * @throws RunError when the folder itself cannot be read any more
   */
  async look(): Promise<WatchChanges> {
    const { folders, damaged } = await findRuns(this.root, { files: this.files });
    const problems: DamagedRun[] = [...damaged];
    const summaries: string[] = [];
    const metrics: string[] = [];
    const found = new Set<string>();
    const waiting = folders.values();
    const work = async (): Promise<void> => {
      for (const folder of waiting) {
        const key = relative(this.root, folder).replaceAll(sep, "/");
        found.add(key);
        const before = this.#known.get(key);
        try {
          const now = await this.#lookAt(folder, key, before);
          this.#known.set(key, now);
          if (JSON.stringify(now.run.summary) !== JSON.stringify(before?.run.summary)) summaries.push(key);
          if (now.metricsStamp !== before?.metricsStamp) metrics.push(key);
        } catch (error) {
          if (!(error instanceof RunError)) throw error;
          problems.push({ run: folder, problem: error.message });
          found.delete(key);
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, work));
    const removed = [...this.#known.keys()].filter((key) => !found.has(key));
    for (const key of removed) {
      this.#known.delete(key);
      this.#histories.delete(key);
    }
    this.#damaged = problems.sort((a, b) => (a.run < b.run ? -1 : 1));
    return { summaries, metrics, removed };
  }

  /** Reads a run's files where they have changed; a running one's always, as its process may have died. */
  async #lookAt(folder: string, key: string, before: Known | undefined): Promise<Known> {
    const stampOf = (file: string) => this.#stampOf(join(folder, file));
    const [metrics, others] = await Promise.all([
      stampOf("metrics.jsonl"),
      Promise.all(WATCHED.map(stampOf)),
    ]);
    const stamp = [metrics, ...others].map(({ text }) => text).join();
    if (before !== undefined && before.stamp === stamp && before.run.summary.status !== "running")
      return before;
    const inspected = await inspectRun(folder, { files: this.files });
    const name = key === "" ? this.name : key;
    const { text: metricsStamp, changedAtMs } = metrics;
    return { run: { ...inspected, key, name, changedAtMs }, stamp, metricsStamp };
  }

  async #stampOf(path: string): Promise<{ readonly text: string; readonly changedAtMs: number }> {
    const info = await this.files.stat(path).catch(() => undefined);
    if (info === undefined) return { text: "none", changedAtMs: 0 };
    return { text: `${info.ino} ${info.size} ${info.mtimeMs}`, changedAtMs: info.mtimeMs };
  }

  #folderOf(key: string): string {
    return join(this.root, ...key.split("/"));
  }
}
