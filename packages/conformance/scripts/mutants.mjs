// node packages/conformance/scripts/mutants.mjs [--quick] [--own] [--only TEXT] [--new] [--without TEXT] [--precision P] [--save]
// Runs every level on every mutant until a case catches it (with --own its own level alone; with --quick of the
// others their quick cases; without the cases whose id contains a text), and prints the table. With --save it writes results/mutants.json
// and mutants.md, and caught-by.ts, which tests read; with --precision mixed, factors of products rounded to float16,
// mutants-mixed.json alone. With --only a text of their ids, or --new, those that the saved file lacks, the rows of all
// other mutants stay as they were saved. Run `pnpm format` after it.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { conformanceCases, levelNames, levelOf } from "../dist/index.js";
import { catchingCase, mutants } from "../dist/mutants/index.js";
import { createNodeHost } from "../dist/node.js";

const WORKERS = 2;
const TIMEOUT_MS = 600_000;
const CAUGHT_BY = new URL("../src/mutants/caught-by.ts", import.meta.url);
const MEASUREMENTS = new URL("../../../results/", import.meta.url);

/** What each level says of one mutant: the case that caught it, or null. */
async function rowOf(mutant, { quick, own, without, precision }) {
  const host = createNodeHost();
  const catches = {};
  let detail = null;
  for (const level of levelNames) {
    const cases = conformanceCases().filter(
      ({ id, quick: isQuick }) =>
        levelOf(id) === level &&
        (level === mutant.level || (!own && (isQuick || !quick))) &&
        (without === "" || !id.includes(without)),
    );
    const caught = await catchingCase(mutant, cases, { host, precision, timeoutMs: TIMEOUT_MS });
    catches[level] = caught?.id ?? null;
    if (level === mutant.level) detail = caught?.detail ?? null;
  }
  const { id, mistake, level } = mutant;
  return { id, mistake, level, detail, catches, ...(quick ? { quick } : {}) };
}

async function work({ ids, options }) {
  for (const id of ids) {
    const mutant = mutants.find((candidate) => candidate.id === id);
    parentPort.postMessage(await rowOf(mutant, options));
  }
}

/** The rows of all mutants, made by a few threads. */
async function rowsOf(chosen, options) {
  const rows = [];
  const running = Array.from({ length: WORKERS }, (_, first) => {
    const ids = chosen.filter((_, index) => index % WORKERS === first).map(({ id }) => id);
    const worker = new Worker(fileURLToPath(import.meta.url), { workerData: { ids, options } });
    worker.on("message", (row) => {
      rows.push(row);
      process.stderr.write(`\r${rows.length}/${chosen.length} `);
    });
    return new Promise((resolve, reject) => worker.on("error", reject).on("exit", resolve));
  });
  await Promise.all(running);
  return chosen.map(({ id }) => rows.find((row) => row.id === id));
}

/** Levels that alone catch some mutants, and which. */
function exclusives(rows) {
  const caughtBy = ({ catches }) => levelNames.filter((level) => catches[level] !== null);
  return Object.fromEntries(
    levelNames.map((level) => [
      level,
      rows.filter((row) => caughtBy(row).join() === level).map(({ id }) => id),
    ]),
  );
}

function markdown(rows) {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const marks = ({ level, catches }) =>
    levelNames.map((name) => (catches[name] === null ? "" : name === level ? "**x**" : "x"));
  return [
    line(["mutant", "mistake", ...levelNames, "caught by"]),
    line(Array.from({ length: levelNames.length + 3 }, () => "---")),
    ...rows.map((row) =>
      line([`\`${row.id}\``, row.mistake, ...marks(row), `\`${row.catches[row.level]}\``]),
    ),
  ].join("\n");
}

async function main() {
  const { values } = parseArgs({
    options: {
      quick: { type: "boolean", default: false },
      own: { type: "boolean", default: false },
      only: { type: "string", default: "" },
      new: { type: "boolean", default: false },
      without: { type: "string", default: "" },
      precision: { type: "string", default: "f32" },
      save: { type: "boolean", default: false },
    },
  });
  const known = values.new ? savedIds(values.precision) : [];
  const chosen = mutants.filter(({ id }) => id.includes(values.only) && !known.includes(id));
  const rows = await rowsOf(chosen, values);
  const table = markdown(rows);
  const alone = exclusives(rows);
  console.log(table);
  console.log(JSON.stringify(alone, null, 2));
  const missed = rows.filter(({ level, catches }) => catches[level] === null).map(({ id }) => id);
  const wrongReason = rows
    .filter(({ detail }) => /^(Type|Reference)Error/.test(detail ?? ""))
    .map(({ id }) => id);
  if (wrongReason.length > 0) console.log(`caught by an exception of their own: ${wrongReason.join(", ")}`);
  console.log(`${rows.length} mutants; not caught by their own level: ${missed.join(", ") || "none"}`);
  if (!values.save) return;
  const date = new Date().toISOString().slice(0, 10);
  if (values.precision === "mixed") return saveMixed(rows, date);
  const saved = withEarlier(rows, readMeasured("mutants.json").mutants);
  const measured = { date, without: values.without, alone: exclusives(saved), mutants: saved };
  writeFileSync(new URL("mutants.json", MEASUREMENTS), `${JSON.stringify(measured, null, 2)}\n`);
  writeFileSync(new URL("mutants.md", MEASUREMENTS), `${markdown(saved)}\n`);
  writeFileSync(CAUGHT_BY, caughtByModule(saved));
}

function readMeasured(name) {
  return JSON.parse(readFileSync(new URL(name, MEASUREMENTS), "utf8"));
}

function savedIds(precision) {
  if (precision === "mixed") return Object.keys(readMeasured("mutants-mixed.json").caughtBy);
  return readMeasured("mutants.json").mutants.map(({ id }) => id);
}

/** A row of every mutant that there is: of this run, or else as it was saved by an earlier one. */
function withEarlier(rows, earlier) {
  const byId = new Map([...earlier, ...rows].map((row) => [row.id, row]));
  return mutants.flatMap(({ id }) => byId.get(id) ?? []);
}

/** The case of its own level that catches each mutant, and those that none catches. */
function saveMixed(rows, date) {
  const before = readMeasured("mutants-mixed.json");
  const found = {
    ...before.caughtBy,
    ...Object.fromEntries(rows.map((row) => [row.id, row.catches[row.level]])),
  };
  const known = mutants.filter(({ id }) => Object.hasOwn(found, id));
  const caughtBy = Object.fromEntries(known.map(({ id }) => [id, found[id]]));
  const notCaught = known.filter(({ id }) => found[id] === null).map(({ id }) => id);
  const measured = { date, precision: "mixed", mutants: known.length, missed: notCaught, caughtBy };
  writeFileSync(new URL("mutants-mixed.json", MEASUREMENTS), `${JSON.stringify(measured, null, 2)}\n`);
}

function caughtByModule(rows) {
  const entries = rows.map(
    ({ id, level, catches }) => `${JSON.stringify(id)}: ${JSON.stringify(catches[level])},`,
  );
  return [
    "/** The case that catches each mutant, written by `scripts/mutants.mjs --save`: tests try it first. */",
    "export const caughtBy: Readonly<Record<string, string>> = {",
    ...entries,
    "};\n",
  ].join("\n");
}

if (isMainThread) await main();
else await work(workerData);
