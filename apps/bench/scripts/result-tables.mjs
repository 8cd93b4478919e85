/**
 * Puts tables of committed results into documents, between the marks that they have:
 *
 *   node apps/bench/scripts/result-tables.mjs docs/benchmark.md    every case of the results that are listed below
 *   node apps/bench/scripts/result-tables.mjs README.md            five rows, on a processor and on a GPU
 *
 * A document with both pairs of marks gets both.
 */
import { readFile } from "node:fs/promises";
import { caseName, caseTable, readResult } from "@nin/bench";
import { writeFileAtomic } from "@nin/files";
import { at, present } from "@nin/spec";

const ALL = ["<!-- benchmark: begin -->", "<!-- benchmark: end -->"];
const SUMMARY = ["<!-- benchmark summary: begin -->", "<!-- benchmark summary: end -->"];
const RESULTS = new URL("../results/", import.meta.url);
const H200 = new URL("../../../results/h200/", import.meta.url);

const RESULTS_IN_FULL = ["nin", "nin-mnist", "webgpu"];
const SUMMARY_CASE = "nin, batch 128, train";
const XEON = "2 cores of a Xeon with AVX-512";
const GPU = "NVIDIA H200";

const [document] = process.argv.slice(2);
if (document === undefined) throw new Error("expected the document that gets the tables");
const text = await readFile(document, "utf8");
const parts = [
  [ALL, allTables],
  [SUMMARY, summaryTable],
];
const found = parts.filter(([[begin, end]]) => text.includes(begin) && text.includes(end));
if (found.length === 0)
  throw new Error(
    `${document}: expected the lines ${parts.map(([marks]) => marks.join(" and ")).join(", or ")}`,
  );
let written = text;
for (const [[begin, end], tableOf] of found) {
  const [before, after] = [written.indexOf(begin) + begin.length, written.indexOf(end)];
  const lines = aligned(await tableOf());
  written = `${written.slice(0, before)}\n\n${lines.join("\n")}\n\n${written.slice(after)}`;
}
await writeFileAtomic(document, written);

/** The table of each case of the results in full, under its name. */
async function allTables() {
  const cases = await Promise.all(RESULTS_IN_FULL.map(async (name) => (await resultOf(name)).cases));
  return cases
    .flat()
    .flatMap((of, index) => [...(index === 0 ? [] : [""]), `**${caseName(of)}**`, "", ...caseTable(of)]);
}

/** How fast the tutorial's network is trained, by us and by PyTorch, on a processor and on a GPU. */
async function summaryTable() {
  const rows = [...(await processorRows()), ...(await gpuRows())];
  return [
    `| training \`nin\`, batches of 128, float32 | on | images/s |`,
    "| --- | --- | ---: |",
    ...rows.map(([what, on, speed]) => `| ${what} | ${on} | ${digits(speed)} |`),
  ];
}

async function processorRows() {
  const { cases } = await resultOf("nin");
  const { entries } = present(
    cases.find((of) => caseName(of) === SUMMARY_CASE),
    SUMMARY_CASE,
  );
  const row = (what, id) => {
    const entry = entries.find(({ implementation }) => implementation === id);
    return [what, XEON, present(entry?.measured, id).imagesPerSecond.median];
  };
  return [
    row("`onnxruntime` `cpu`", "onnxruntime:cpu"),
    row("`tfjs` `tensorflow`", "tfjs:tensorflow"),
    row("PyTorch 2.13, channels-last", "pytorch:channels-last"),
  ];
}

/** From files of an earlier program, which are the only ones of a GPU so far. */
async function gpuRows() {
  const { curve } = (await h200File("webgpu-curve.json")).steps.curve;
  const { cases } = (await h200File("onnxruntime-throughput.json")).steps.throughput;
  const measured = Object.entries(at(cases, 0)).find(([key]) => key === "contestants");
  const pytorch = present(measured, "measurements")[1].find(({ id }) => id === "pytorch-default");
  return [
    ["`webgpu` `gpu`", GPU, at(curve.epochs, 0).imagesPerSecond],
    ["PyTorch 2.11, as it comes", GPU, present(pytorch, "PyTorch").imagesPerSecond.median],
  ];
}

/** Lines with the cells of each table padded to the same width, as the formatter leaves them. */
function aligned(lines) {
  const tables = [];
  for (const [index, line] of lines.entries()) {
    if (!line.startsWith("|")) continue;
    if (index === 0 || !lines[index - 1].startsWith("|")) tables.push([]);
    at(tables, -1).push(index);
  }
  const written = [...lines];
  for (const indices of tables) {
    const rows = indices.map((index) => at(lines, index).slice(2, -2).split(" | "));
    const rules = at(rows, 1);
    const widths = rules.map((rule, column) =>
      Math.max(rule.length, ...rows.filter((row) => row !== rules).map((row) => at(row, column).length)),
    );
    for (const [order, row] of rows.entries()) {
      const cells = row.map((cell, column) => {
        const width = at(widths, column);
        const isRight = at(rules, column).endsWith(":");
        if (row === rules) return isRight ? `${"-".repeat(width - 1)}:` : "-".repeat(width);
        return isRight ? cell.padStart(width) : cell.padEnd(width);
      });
      written[at(indices, order)] = `| ${cells.join(" | ")} |`;
    }
  }
  return written;
}

function resultOf(name) {
  return readResult(new URL(`${name}/result.json`, RESULTS).pathname);
}

async function h200File(name) {
  return JSON.parse(await readFile(new URL(name, H200), "utf8"));
}

function digits(speed) {
  return speed < 100 ? speed.toFixed(1) : Math.round(speed).toLocaleString("en-US");
}
