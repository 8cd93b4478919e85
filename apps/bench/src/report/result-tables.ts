import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { at, present } from "@nin/spec";
import { type CaseResult, caseName } from "../result/format.js";
import { readResult } from "../result/parse-result.js";
import { caseTable } from "./markdown.js";

const RESULTS = new URL("../../../../results/bench/", import.meta.url);
const H200 = new URL("../../../../results/h200/", import.meta.url);

const RESULTS_IN_FULL = ["nin", "nin-mnist", "webgpu"];
const SUMMARY_CASE = "nin, batch 128, train";
const XEON = "2 cores of a Xeon with AVX-512";
const GPU = "NVIDIA H200";
/** Under which key that program wrote what it measured; keys in files do not change. */
const ENTRIES_KEY = "contestants";

/** A table of committed results that documents have between two marks. */
interface PlacedTable {
  readonly begin: string;
  readonly end: string;
  readonly lines: () => Promise<readonly string[]>;
}

const TABLES: readonly PlacedTable[] = [
  {
    begin: "<!-- benchmark: begin -->",
    end: "<!-- benchmark: end -->",
    lines: () => everyCase(RESULTS_IN_FULL),
  },
  {
    begin: "<!-- benchmark in a browser: begin -->",
    end: "<!-- benchmark in a browser: end -->",
    lines: () => everyCase(["browser"]),
  },
  { begin: "<!-- benchmark summary: begin -->", end: "<!-- benchmark summary: end -->", lines: summary },
];

/**
 * A document with the tables of committed results between the marks that it has.
 *
 * @throws when it has no pair of marks.
 */
export async function withResultTables(document: string): Promise<string> {
  const tables = TABLES.filter(({ begin, end }) => document.includes(begin) && document.includes(end));
  if (tables.length === 0) {
    const marks = TABLES.map(({ begin, end }) => `${begin} and ${end}`).join(", or ");
    throw new Error(`expected the lines ${marks}`);
  }
  let text = document;
  for (const { begin, end, lines } of tables) {
    const table = aligned(await lines()).join("\n");
    const before = text.slice(0, text.indexOf(begin) + begin.length);
    text = `${before}\n\n${table}\n\n${text.slice(text.indexOf(end))}`;
  }
  return text;
}

/** The table of each case of these results, under its name. */
async function everyCase(results: readonly string[]): Promise<readonly string[]> {
  const cases = await Promise.all(results.map(casesOf));
  return cases
    .flat()
    .flatMap((of, index) => [...(index === 0 ? [] : [""]), `**${caseName(of)}**`, "", ...caseTable(of)]);
}

/** What was measured, on which machine, and how fast it was. Units: images/s. */
type SummaryRow = readonly [what: string, on: string, imagesPerSecond: number];

/** How fast the tutorial's network is trained, by us and by PyTorch, on a processor and on a GPU. */
async function summary(): Promise<readonly string[]> {
  const rows = [...(await processorRows()), ...(await gpuRows())];
  return [
    "| training `nin`, batches of 128, float32 | on | images/s |",
    "| --- | --- | ---: |",
    ...rows.map(([what, on, speed]) => `| ${what} | ${on} | ${digits(speed)} |`),
  ];
}

async function processorRows(): Promise<readonly SummaryRow[]> {
  const cases = await casesOf("nin");
  const { entries } = present(
    cases.find((of) => caseName(of) === SUMMARY_CASE),
    SUMMARY_CASE,
  );
  const row = (what: string, id: string): SummaryRow => {
    const entry = entries.find(({ implementation }) => implementation === id);
    return [what, XEON, present(entry?.measured, id).imagesPerSecond.median];
  };
  return [
    row("`onnxruntime` `cpu`", "onnxruntime:cpu"),
    row("`tfjs` `tensorflow`", "tfjs:tensorflow"),
    row("PyTorch 2.13, channels-last", "pytorch:channels-last"),
  ];
}

/** Of files of an earlier program, which are the only ones of a GPU so far, what is read here. */
interface CurveFile {
  readonly steps: {
    readonly curve: { readonly curve: { readonly epochs: readonly { readonly imagesPerSecond: number }[] } };
  };
}

interface ThroughputFile {
  readonly steps: { readonly throughput: { readonly cases: readonly Readonly<Record<string, unknown>>[] } };
}

interface ThroughputEntry {
  readonly id: string;
  readonly imagesPerSecond: { readonly median: number };
}

async function gpuRows(): Promise<readonly SummaryRow[]> {
  const { curve } = (await h200File<CurveFile>("webgpu-curve.json")).steps.curve;
  const { cases } = (await h200File<ThroughputFile>("onnxruntime-throughput.json")).steps.throughput;
  const entries = at(cases, 0)[ENTRIES_KEY] as readonly ThroughputEntry[];
  const pytorch = entries.find(({ id }) => id === "pytorch-default");
  return [
    ["`webgpu` `gpu`", GPU, at(curve.epochs, 0).imagesPerSecond],
    ["PyTorch 2.11, as it comes", GPU, present(pytorch, "PyTorch").imagesPerSecond.median],
  ];
}

/** Lines with the cells of each table padded to the same width, as the formatter leaves them. */
function aligned(lines: readonly string[]): readonly string[] {
  const isRow = (line: string | undefined): boolean => line?.startsWith("|") === true;
  const tables: number[][] = [];
  for (const [index, line] of lines.entries()) {
    if (!isRow(line)) continue;
    if (!isRow(lines[index - 1])) tables.push([]);
    at(tables, -1).push(index);
  }
  const written = [...lines];
  for (const indices of tables) {
    const rows = indices.map((index) => at(lines, index).slice(2, -2).split(" | "));
    for (const [order, row] of alignedRows(rows).entries()) written[at(indices, order)] = row;
  }
  return written;
}

/** The rows of one table; the second of them is its rule. */
function alignedRows(rows: readonly (readonly string[])[]): readonly string[] {
  const rules = at(rows, 1);
  const widths = rules.map((rule, column) =>
    Math.max(rule.length, ...rows.filter((row) => row !== rules).map((row) => at(row, column).length)),
  );
  return rows.map((row) => {
    const cells = row.map((cell, column) => {
      const width = at(widths, column);
      const isRight = at(rules, column).endsWith(":");
      if (row === rules) return isRight ? `${"-".repeat(width - 1)}:` : "-".repeat(width);
      return isRight ? cell.padStart(width) : cell.padEnd(width);
    });
    return `| ${cells.join(" | ")} |`;
  });
}

async function casesOf(result: string): Promise<readonly CaseResult[]> {
  return (await readResult(fileURLToPath(new URL(`${result}/result.json`, RESULTS)))).cases;
}

async function h200File<File>(name: string): Promise<File> {
  return JSON.parse(await readFile(new URL(name, H200), "utf8")) as File;
}

function digits(speed: number): string {
  return speed < 100 ? speed.toFixed(1) : Math.round(speed).toLocaleString("en-US");
}
