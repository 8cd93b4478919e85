import { join } from "node:path";
import { realFileSystem } from "@nin/files";
import { CONFIG } from "../record/config.js";
import { RunError } from "../record/run-error.js";
import { readConfig } from "./config.js";
import { reading } from "./errors.js";
import { type RunSummary, type SummaryOptions, summarizeRun } from "./run-summary.js";

/** The runs below a folder. */
export interface RunListing {
  /** By folder, in code-point order. */
  readonly runs: readonly RunSummary[];
  /** Folders that look like runs, or may hold some, and cannot be read. They do not hide the others. */
  readonly damaged: readonly DamagedRun[];
}

/** A folder that cannot be read. */
export interface DamagedRun {
  /** The folder, beginning as the one that was given. */
  readonly run: string;
  /** What is wrong with it, which names the file. */
  readonly problem: string;
}

/** Folders that may hold runs, and those that are some. */
export interface FoundRuns {
  /** In code-point order. */
  readonly folders: readonly string[];
  readonly damaged: readonly DamagedRun[];
}

/** Folders within folders are searched so far. */
const DEEPEST = 8;
/** How many runs are read at the same time. */
const AT_ONCE = 16;
/** What a run's folder has, besides its settings. */
const OF_A_RUN: readonly string[] = ["metrics.jsonl", "checkpoints", "lock", "report.html"];

/**
 * Sums up every run below a folder, that folder itself if it is one.
 *
 * @throws RunError (`NIN_RUN_MISSING` for a folder that does not exist, `NIN_RUN_READ`)
 *
 * @example
 * ```ts
 * const { runs, damaged } = await listRuns("runs");
 * const best = runs.toSorted((a, b) => (b.testAccuracy ?? 0) - (a.testAccuracy ?? 0))[0];
 * ```
 */
export async function listRuns(folder: string, options: SummaryOptions = {}): Promise<RunListing> {
  const { folders, damaged } = await findRuns(folder, options);
  const summaries = new Map<string, RunSummary>();
  const problems: DamagedRun[] = [...damaged];
  const waiting = folders.values();
  const work = async (): Promise<void> => {
    for (const run of waiting) {
      try {
        summaries.set(run, await summarizeRun(run, options));
      } catch (error) {
        problems.push({ run, problem: problemOf(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return {
    runs: folders.map((run) => summaries.get(run)).filter((summary) => summary !== undefined),
    damaged: problems.sort(byFolder),
  };
}

/**
 * Finds the runs below a folder: folders with a `config.json`, eight levels deep. Symbolic links are not followed, and
 * hidden folders and `node_modules` are skipped.
 *
 * @throws RunError (`NIN_RUN_MISSING`, `NIN_RUN_READ`)
 */
export async function findRuns(
  folder: string,
  { files = realFileSystem }: SummaryOptions = {},
): Promise<FoundRuns> {
  const folders: string[] = [];
  const damaged: DamagedRun[] = [];
  const search = async (path: string, depth: number): Promise<void> => {
    const entries = await reading(path, () => files.readdir(path, { withFileTypes: true }));
    const names = entries.map(({ name }) => name);
    // Other programs have a config.json too.
    const looksLikeRun = names.some((name) => OF_A_RUN.includes(name));
    if (names.includes(CONFIG) && (looksLikeRun || (await isRun(path)))) {
      folders.push(path);
      return;
    }
    if (depth === DEEPEST) return;
    const below = entries.filter(
      (entry) => entry.isDirectory() && !entry.name.startsWith(".") && entry.name !== "node_modules",
    );
    for (const { name } of below) {
      const child = join(path, name);
      await search(child, depth + 1).catch((error: unknown) =>
        damaged.push({ run: child, problem: problemOf(error) }),
      );
    }
  };
  const isRun = (path: string): Promise<boolean> =>
    readConfig(files, path).then(
      () => true,
      () => false,
    );
  await search(folder, 0).catch((error: unknown) => {
    const isMissing = error instanceof RunError && (error.cause as NodeJS.ErrnoException)?.code === "ENOENT";
    throw isMissing ? new RunError("NIN_RUN_MISSING", folder, "there is no such folder") : error;
  });
  return { folders: folders.sort(), damaged };
}

/** @throws what is no error of a run */
function problemOf(error: unknown): string {
  if (!(error instanceof RunError)) throw error;
  return error.message;
}

function byFolder({ run: one }: DamagedRun, { run: other }: DamagedRun): number {
  return one < other ? -1 : 1;
}
