import { basename } from "node:path";
import { DataError } from "@nin/data";
import { loadBackend } from "@nin/registry";
import { type Architecture, present, shownText } from "@nin/spec";
import type { PlannedRun } from "@nin/study/node";
import type { QueueKind, StudyJobData, WorkerMachine } from "@nin/study/queue";
import { describeData } from "@nin/training/node";
import { dataSource } from "../arguments/data-source.js";
import type { Terminal } from "../terminal/terminal.js";
import { SharedData } from "./shared-data.js";

/** The data sets that every machine has, or can get. */
const BUILT_IN: readonly string[] = ["fashion-mnist", "synthetic"];

/** Identifies data sets by their hashes, each of which is computed once. */
export class JobData {
  readonly #known = new Map<string, Promise<StudyJobData>>();
  readonly #shared: SharedData;

  constructor(
    private readonly terminal: Terminal,
    dataMemory?: number,
  ) {
    this.#shared = new SharedData(terminal, dataMemory);
  }

  /**
   * What a job says of its data.
   *
   * @throws what loading throws
   */
  of({
    data: source,
    limit,
    architecture,
  }: Pick<PlannedRun, "data" | "limit" | "architecture">): Promise<StudyJobData> {
    const key = JSON.stringify([source, limit, architecture.input]);
    const known = this.#known.get(key) ?? this.#described(source, limit, architecture);
    this.#known.set(key, known);
    return known;
  }

  async #described(source: string, limit: number | null, architecture: Architecture): Promise<StudyJobData> {
    const { signal } = this.terminal;
    return this.#shared.use({ source, limit, architecture }, async (data) => {
      const { train, test } = await describeData(data, source, limit, signal);
      return { name: BUILT_IN.includes(source) ? source : basename(source), limit, train, test };
    });
  }
}

export interface MachineOptions {
  readonly terminal: Terminal;
  /** Of another backend's device no queue is served; without it all of this machine's. */
  readonly device?: string;
  /** Folders and files of data sets, in addition to the built-in ones. */
  readonly data: readonly string[];
  readonly dataMemory?: number;
  readonly train: WorkerMachine["train"];
}

/** What this machine can do of the jobs of a database. */
export function workerMachine({ terminal, device, data, dataMemory, train }: MachineOptions): WorkerMachine {
  const known = new JobData(terminal, dataMemory);
  const given = data.map(dataSource);
  return {
    train,
    prepare: async (kind) => {
      const obstacle = await deviceObstacle(kind, device);
      if (obstacle !== undefined) return { obstacle };
      const { name } = kind.data;
      const sources = BUILT_IN.includes(name) ? [name] : given;
      for (const source of sources) {
        if (await isSame(known, source, kind, terminal)) return { source };
      }
      return { obstacle: dataObstacle(kind.data, sources) };
    },
  };
}

/** Why this machine does not compute what a queue asks for, as a phrase. */
async function deviceObstacle(
  { backend, device }: QueueKind,
  wanted: string | undefined,
): Promise<string | undefined> {
  const name = `${shownText(backend)} ${shownText(device ?? "(the backend's choice)")}`;
  if (wanted !== undefined && wanted !== device)
    return `it is for ${name}, and this worker serves ${wanted} alone`;
  try {
    const devices = await (await loadBackend(backend)).devices();
    const found = devices.find(({ id }) => id === device);
    if (device === null || found?.available === true) return undefined;
    const reason = found === undefined ? "there is no such device" : present(found.reason);
    return `it is for ${name}, which this machine does not have: ${reason}`;
  } catch (error) {
    return `it is for ${name}, which this machine does not have: ${(error as Error).message}`;
  }
}

async function isSame(
  known: JobData,
  source: string,
  { data: expected, input }: QueueKind,
  terminal: Terminal,
): Promise<boolean> {
  try {
    // Only the input of the network matters here.
    const architecture = { input } as Architecture;
    const { train, test } = await known.of({ data: source, limit: expected.limit, architecture });
    return train.sha256 === expected.train.sha256 && test.sha256 === expected.test.sha256;
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    terminal.note(`Warning: ${error.message}`);
    return false;
  }
}

function dataObstacle({ name, train, limit }: StudyJobData, sources: readonly string[]): string {
  const hash = train.sha256.slice(0, 12);
  const count = limit === null ? `${train.count}` : `the first ${train.count}`;
  const what = `its data ${shownText(name)} (${count} training images of SHA-256 ${hash})`;
  if (sources.length === 0) return `this machine is not given ${what}: name their folder with --data`;
  return `${what} are not those of ${sources.map((source) => shownText(source, 4096)).join(", ")}`;
}
