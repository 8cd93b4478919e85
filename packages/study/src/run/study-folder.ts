import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import {
  FileError,
  isSystemError,
  makeFolders,
  readJsonFile,
  realFileSystem,
  removeTemporaries,
  systemReason,
  writeFileAtomic,
} from "@nin/files";
import { FieldReader, JsonError, SpecError } from "@nin/spec";
import { openRun, RunLock } from "@nin/training/node";
import type { Study } from "../format/study.js";
import { type PlannedRun, StudyError, type StudyPlan } from "../plan/plan.js";
import { studyResultsCsv } from "../results/csv.js";
import {
  parseStudyResults,
  parseStudyRunResult,
  type StudyResults,
  type StudyRunResult,
} from "../results/results.js";

const RESULTS = "results.json";
const TABLE = "results.csv";
const RUNS = "runs";
/** More than any study has: 10,000 runs with long settings. */
const MAX_BYTES = 2 ** 29;

/** What the folder of a study says of it. */
export interface StudyRecord {
  readonly results: StudyResults;
  /** From the file of the study. */
  readonly question?: string;
  readonly answer?: string;
}

/**
 * A study's folder, opened to run it: `study.json` (name, question, answer), `results.json`, `results.csv`, and for each
 * run `runs/ID.json`, its result so far, and `runs/ID`, its run folder. Holds the folder's lock until `close`.
 */
export class StudyFolder {
  readonly #results: Map<string, StudyRunResult>;
  /** Files are written one after the other, each whole. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    readonly path: string,
    private readonly plan: StudyPlan,
    private readonly lock: RunLock,
    results: ReadonlyMap<string, StudyRunResult>,
  ) {
    this.#results = new Map(results);
  }

  /**
   * @throws `StudyError` for a folder of another study; `RunError` (`NIN_RUN_LOCKED`) while another process runs the study
   */
  static async open(
    folder: string,
    plan: StudyPlan,
    options: { readonly forceUnlock?: boolean } = {},
  ): Promise<StudyFolder> {
    const path = resolve(folder);
    const before = await readIfPresent(join(path, RESULTS), parseStudyResults);
    if (before !== undefined && before.study !== plan.study.name) {
      throw new StudyError(
        `${path}: contains the results of the study ${before.study}; give ${plan.study.name} another folder with --out`,
      );
    }
    const lock = await inFolder(path, async () => {
      await makeFolders(realFileSystem, join(path, RUNS));
      return RunLock.take(realFileSystem, path, options);
    });
    try {
      const begun = await inFolder(path, async () => {
        for (const place of [path, join(path, RUNS)]) await removeTemporaries(realFileSystem, place);
        return begunRuns(path, plan.runs);
      });
      const own = new StudyFolder(path, plan, lock, begun);
      const { name, question, answer } = plan.study;
      const said = {
        name,
        ...(question !== undefined && { question }),
        ...(answer !== undefined && { answer }),
      };
      await writeFileAtomic(join(path, "study.json"), `${JSON.stringify(said, undefined, 2)}\n`);
      await own.#writeResults();
      return own;
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  get results(): StudyResults {
    return {
      format: "nin-study-results",
      version: 1,
      study: this.plan.study.name,
      runs: this.plan.runs.map((run) => this.resultOf(run)),
    };
  }

  /** The result of a run so far; that of a run that was not begun is `waiting`. */
  resultOf(run: PlannedRun): StudyRunResult {
    return this.#results.get(run.id) ?? waiting(run);
  }

  /** The folder of a run. */
  runFolder({ id }: PlannedRun): string {
    return join(this.path, RUNS, id);
  }

  /**
   * Keeps the results of some runs, and writes all results anew.
   *
   * @throws `RunError` (`NIN_RUN_LOCKED`) when another process took the folder; `FileError`
   */
  save(...results: readonly StudyRunResult[]): Promise<void> {
    const written = this.#writing.then(async () => {
      await inFolder(this.path, () => this.lock.verify());
      for (const result of results) {
        const text = `${JSON.stringify(result, undefined, 2)}\n`;
        await writeFileAtomic(join(this.path, RUNS, `${result.id}.json`), text);
        this.#results.set(result.id, result);
      }
      await this.#writeResults();
    });
    this.#writing = written.catch(() => {});
    return written;
  }

  async close(): Promise<void> {
    await this.#writing;
    await this.lock.release();
  }

  async #writeResults(): Promise<void> {
    const { results } = this;
    await writeFileAtomic(join(this.path, RESULTS), `${JSON.stringify(results, undefined, 2)}\n`);
    await writeFileAtomic(join(this.path, TABLE), studyResultsCsv(results));
  }
}

/**
 * Reads the folder of a study, whether or not it is being run.
 *
 * @throws `StudyError` where there is none
 */
export async function readStudyFolder(folder: string): Promise<StudyRecord> {
  const path = resolve(folder);
  const results = await readIfPresent(join(path, RESULTS), parseStudyResults);
  if (results === undefined)
    throw new StudyError(`${path}: expected the folder of a study, found no ${RESULTS} there`);
  const said = await readIfPresent(join(path, "study.json"), (json) => {
    const fields = new FieldReader(json, "");
    return {
      ...fields.optional("question", () => fields.string("question")),
      ...fields.optional("answer", () => fields.string("answer")),
    } satisfies Partial<Study>;
  });
  return { results, ...said };
}

/** The lines of a study's run, and its settings; undefined where it was not begun or its folder is gone. */
export async function openStudyRun(
  folder: string,
  id: string,
): Promise<Awaited<ReturnType<typeof openRun>> | undefined> {
  const names = await readdir(join(folder, RUNS)).catch((): string[] => []);
  return names.includes(id) ? openRun(join(folder, RUNS, id)) : undefined;
}

/** A run that was not begun. */
export function waiting({ id, settings, parameters, macs }: PlannedRun): StudyRunResult {
  return {
    ...{ id, settings, status: "waiting", attempts: 0, worker: null, epochs: null },
    ...{ testAccuracy: null, testLoss: null, imagesPerSecond: null, elapsedMs: null },
    ...{ parameters, macs, warnings: [], error: null },
  };
}

async function begunRuns(
  path: string,
  runs: readonly PlannedRun[],
): Promise<ReadonlyMap<string, StudyRunResult>> {
  const names = new Set(await readdir(join(path, RUNS)));
  const begun = new Map<string, StudyRunResult>();
  for (const { id, settings } of runs) {
    if (!names.has(`${id}.json`)) continue;
    const result = await readIfPresent(join(path, RUNS, `${id}.json`), (json) =>
      parseStudyRunResult(new FieldReader(json, "")),
    );
    if (result === undefined) continue;
    // Nobody else has the folder's lock: what was running was killed.
    const status = result.status === "running" ? "interrupted" : result.status;
    // The settings as the study writes them now: a file may have been given another name.
    begun.set(id, { ...result, id, settings, status });
  }
  return begun;
}

/** Runs work on a folder; an error of the file system is then a `FileError`. */
async function inFolder<Result>(path: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    const problem = `cannot be used as a study's folder: ${systemReason(error)}`;
    throw new FileError("NIN_FILE_WRITE", path, problem, { cause: error });
  }
}

async function readIfPresent<Value>(
  path: string,
  parse: (json: unknown) => Value,
): Promise<Value | undefined> {
  try {
    return parse(await readJsonFile(path, { maxBytes: MAX_BYTES }));
  } catch (error) {
    if (error instanceof FileError && (error.cause as NodeJS.ErrnoException | undefined)?.code === "ENOENT")
      return undefined;
    if (error instanceof FileError) throw new StudyError(error.message, { cause: error });
    if (!(error instanceof SpecError || error instanceof JsonError)) throw error;
    const problem = error instanceof SpecError ? `${path}: ${error.message}` : error.message;
    const remedy =
      "if it is damaged, remove it: the study then writes it anew, and repeats nothing that is finished";
    throw new StudyError(`${problem}; ${remedy}`, { cause: error });
  }
}
