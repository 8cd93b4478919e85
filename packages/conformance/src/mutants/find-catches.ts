/**
 * `node packages/conformance/dist/mutants/find-catches.js [--quick] [--own] [--only TEXT] [--new]
 * [--without TEXT] [--arithmetic f32|mixed|bfloat16] [--save]`, after a build.
 *
 * Runs every level on every mutant until a case catches it, and prints the table. With `--own` only the mutant's own
 * level; with `--quick` the quick cases of the other levels; `--only` takes the mutants whose id contains a text,
 * `--new` those that the saved result lacks or has for their own level alone; `--without` leaves out the cases whose id contains one.
 * `--save` writes `results/mutants.json` and `mutants.md`, and
 * `caught-by.ts`, which tests read; with `--arithmetic mixed` or `bfloat16`, whose tolerances mutants with factors of float16 are held to,
 * `mutants-mixed.json` or `mutants-bfloat16.json` alone; the rows of mutants that were not run stay as they were saved. Run `pnpm format` after it.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { present } from "@nin/spec";
import { type LevelName, levelNames, levelOf } from "../case/case.js";
import { createNodeHost } from "../case/node-host.js";
import { conformanceCases } from "../runner/cases.js";
import type { CaseRunOptions } from "../runner/run-case.js";
import { catchingCase, type Mutant, mutants } from "./index.js";

const WORKERS = 2;
const TIMEOUT_MS = 600_000;
const CAUGHT_BY = new URL("../../src/mutants/caught-by.ts", import.meta.url);
const RESULT = "mutants.json";
const RESULTS = new URL("../../../../results/", import.meta.url);

type Judged = "f32" | "mixed" | "bfloat16";

interface Options {
  readonly quick: boolean;
  readonly own: boolean;
  readonly without: string;
  readonly arithmetic: Judged;
}

/** What a worker is given. */
interface Work {
  readonly ids: readonly string[];
  readonly options: Options;
}

/** What each level says of one mutant. */
interface Row {
  readonly id: string;
  readonly mistake: string;
  readonly level: LevelName;
  /** How the mutant failed the case of its own level that caught it. */
  readonly detail: string | null;
  /** The case of each level that caught it, or null. */
  readonly catches: Readonly<Record<LevelName, string | null>>;
  /** Where of the other levels the quick cases alone were run. */
  readonly quick?: true;
  /** Where the other levels were not run. */
  readonly own?: true;
}

/** `results/mutants.json`, as far as it is read here. */
interface Saved {
  readonly mutants: readonly Row[];
}

/** `results/mutants-mixed.json` and `mutants-bfloat16.json`, likewise. */
interface SavedMixed {
  readonly caughtBy: Readonly<Record<string, string | null>>;
}

async function rowOf(mutant: Mutant, { quick, own, without, arithmetic }: Options): Promise<Row> {
  const judged: CaseRunOptions = {
    host: createNodeHost(),
    timeoutMs: TIMEOUT_MS,
    precision: arithmetic === "f32" ? "f32" : "mixed",
    mixedFactors: arithmetic === "bfloat16" ? "bfloat16" : "float16",
  };
  const catches: (readonly [LevelName, string | null])[] = [];
  let detail: string | null = null;
  for (const level of levelNames) {
    const cases = conformanceCases().filter(
      ({ id, quick: isQuick }) =>
        levelOf(id) === level &&
        (level === mutant.level || (!own && (isQuick || !quick))) &&
        (without === "" || !id.includes(without)),
    );
    const caught = await catchingCase(mutant, cases, judged);
    catches.push([level, caught?.id ?? null]);
    if (level === mutant.level) detail = caught?.detail ?? null;
  }
  const { id, mistake, level } = mutant;
  const caught = Object.fromEntries(catches) as Row["catches"];
  return { id, mistake, level, detail, catches: caught, ...(own ? { own } : quick ? { quick } : {}) };
}

async function work({ ids, options }: Work): Promise<void> {
  const port = present(parentPort, "the port of a worker");
  for (const id of ids) {
    const mutant = present(
      mutants.find((candidate) => candidate.id === id),
      id,
    );
    port.postMessage(await rowOf(mutant, options));
  }
}

/** The rows of some mutants, in their order, made by a few threads. */
async function rowsOf(chosen: readonly Mutant[], options: Options): Promise<readonly Row[]> {
  const rows = new Map<string, Row>();
  const running = Array.from({ length: WORKERS }, (_, first) => {
    const ids = chosen.filter((_, index) => index % WORKERS === first).map(({ id }) => id);
    const worker = new Worker(new URL(import.meta.url), { workerData: { ids, options } satisfies Work });
    worker.on("message", (row: Row) => {
      rows.set(row.id, row);
      process.stderr.write(`\r${rows.size}/${chosen.length} `);
    });
    return new Promise((resolve, reject) => worker.on("error", reject).on("exit", resolve));
  });
  await Promise.all(running);
  return chosen.map(({ id }) => present(rows.get(id), id));
}

/** The mutants that each level alone catches. */
function exclusives(rows: readonly Row[]): Readonly<Record<string, readonly string[]>> {
  const isCaughtBy = ({ catches }: Row, level: LevelName): boolean => catches[level] !== null;
  return Object.fromEntries(
    levelNames.map((level) => [
      level,
      rows
        .filter((row) => levelNames.every((other) => isCaughtBy(row, other) === (other === level)))
        .map(({ id }) => id),
    ]),
  );
}

function tableOf(rows: readonly Row[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const marks = ({ level, catches }: Row): readonly string[] =>
    levelNames.map((name) => (catches[name] === null ? "" : name === level ? "**x**" : "x"));
  return [
    line(["mutant", "mistake", ...levelNames, "caught by"]),
    line(Array.from({ length: levelNames.length + 3 }, () => "---")),
    ...rows.map((row) =>
      line([`\`${row.id}\``, row.mistake, ...marks(row), `\`${row.catches[row.level]}\``]),
    ),
  ].join("\n");
}

function caughtByModule(rows: readonly Row[]): string {
  const entries = rows.map(
    ({ id, level, catches }) => `${JSON.stringify(id)}: ${JSON.stringify(catches[level])},`,
  );
  return [
    "/** The case that catches each mutant, written by `find-catches.ts` with `--save`: tests try it first. */",
    "export const caughtBy: Readonly<Record<string, string>> = {",
    ...entries,
    "};\n",
  ].join("\n");
}

function readSaved<Result>(name: string): Result {
  return JSON.parse(readFileSync(new URL(name, RESULTS), "utf8")) as Result;
}

function mixedResult(arithmetic: Exclude<Judged, "f32">): string {
  return `mutants-${arithmetic}.json`;
}

function savedIds(arithmetic: Judged): readonly string[] {
  return arithmetic !== "f32"
    ? Object.keys(readSaved<SavedMixed>(mixedResult(arithmetic)).caughtBy)
    : readSaved<Saved>(RESULT).mutants.flatMap(({ id, own }) => (own === true ? [] : [id]));
}

function writeResult(name: string, result: object): void {
  writeFileSync(new URL(name, RESULTS), `${JSON.stringify(result, null, 2)}\n`);
}

/** Saves these rows with those that an earlier run saved of other mutants. */
function save(rows: readonly Row[], date: string, without: string): void {
  const byId = new Map([...readSaved<Saved>(RESULT).mutants, ...rows].map((row) => [row.id, row]));
  const all = mutants.flatMap(({ id }) => byId.get(id) ?? []);
  writeResult(RESULT, { date, without, alone: exclusives(all), mutants: all });
  writeFileSync(new URL("mutants.md", RESULTS), `${tableOf(all)}\n`);
  writeFileSync(CAUGHT_BY, caughtByModule(all));
}

/** Likewise in mixed precision: the case of its own level that catches each mutant. */
function saveMixed(rows: readonly Row[], date: string, arithmetic: Exclude<Judged, "f32">): void {
  const name = mixedResult(arithmetic);
  const found = new Map([
    ...Object.entries(existsSync(new URL(name, RESULTS)) ? readSaved<SavedMixed>(name).caughtBy : {}),
    ...rows.map(({ id, level, catches }) => [id, catches[level]] as const),
  ]);
  const known = mutants.flatMap(({ id }) => {
    const caughtBy = found.get(id);
    return caughtBy === undefined ? [] : [{ id, caughtBy }];
  });
  const missed = known.filter(({ caughtBy }) => caughtBy === null).map(({ id }) => id);
  const caughtBy = Object.fromEntries(known.map((entry) => [entry.id, entry.caughtBy]));
  writeResult(name, { date, precision: arithmetic, mutants: known.length, missed, caughtBy });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      own: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      new: { type: "boolean", default: false },
      without: { type: "string", default: "" },
      arithmetic: { type: "string", default: "f32" },
      save: { type: "boolean", default: false },
    },
  });
  const { quick, own, only, without, arithmetic } = values;
  if (arithmetic !== "f32" && arithmetic !== "mixed" && arithmetic !== "bfloat16")
    throw new Error(`--arithmetic ${arithmetic}: expected f32, mixed or bfloat16`);
  const known = values.new ? savedIds(arithmetic) : [];
  const chosen = mutants.filter(({ id }) => id.includes(only) && !known.includes(id));
  const rows = await rowsOf(chosen, { quick, own, without, arithmetic });
  const alone = exclusives(rows);
  const missed = rows.filter(({ level, catches }) => catches[level] === null).map(({ id }) => id);
  const wrongReason = rows
    .filter(({ detail }) => detail !== null && /^(Type|Reference)Error/.test(detail))
    .map(({ id }) => id);
  const summary = [
    tableOf(rows),
    JSON.stringify(alone, null, 2),
    ...(wrongReason.length > 0 ? [`caught by an exception of their own: ${wrongReason.join(", ")}`] : []),
    `${rows.length} mutants; not caught by their own level: ${missed.join(", ") || "none"}`,
  ];
  process.stdout.write(`${summary.join("\n")}\n`);
  if (!values.save) return;
  const date = new Date().toISOString().slice(0, 10);
  if (arithmetic === "f32") save(rows, date, without);
  else saveMixed(rows, date, arithmetic);
}

if (isMainThread) await main();
else await work(workerData as Work);
