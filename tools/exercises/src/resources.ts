import { formatCount, type MarkdownColumn, markdownTable } from "@nin/page";
import { builtinArchitecture, FieldReader, summarize } from "@nin/spec";
import { billions } from "./on-a-gpu.js";
import type { ExercisePage, Results } from "./render.js";

/** The tutorial's networks, that of the authors, and the depth family. */
const NETWORKS = ["nin", "alexnet", "vgg11", "nin-mnist", "nin-xs", "nin-s", "nin-m", "nin-l", "nin-xl"];
const MAX_ITEMS = 1000;
const FILE = "resources";

/** The page of the fourth exercise: what networks need, by formula and measured. */
export const resourcesPage: ExercisePage = {
  name: "resources",
  blocks: { formula: formulaTable, measured: measuredTable },
  charts: {},
};

/** What follows from the layers alone. */
function formulaTable(): string {
  const rows = NETWORKS.map((name) => {
    const architecture = builtinArchitecture(name);
    const summary = summarize(architecture);
    const { height, width } = architecture.input;
    return [
      `\`${name}\``,
      `${height}x${width}`,
      formatCount(summary.parameters),
      billions(summary.macs),
      billions(summary.trainingMacs),
      megabytes(summary.activationBytes),
      megabytes(summary.peakActivationBytes),
    ];
  });
  const head = [
    "network",
    "input",
    "parameters",
    "MACs",
    "training MACs",
    "all outputs",
    "largest in and out",
  ];
  return markdownTable(columnsOf(head, 2), rows);
}

/** What processes took. */
function measuredTable(results: Results): string {
  const file = new FieldReader(results.file(FILE), FILE);
  const rows = file.list("results", MAX_ITEMS, (result) => {
    const formula = result.object("formula");
    const textbook = formula.object("textbook");
    const program = formula.object("program");
    return [
      `\`${result.string("model")}\``,
      result.string("work"),
      formatCount(numberOf(result, "batch")),
      megabytes(numberOf(textbook, "sum")),
      megabytes(numberOf(program, "sum")),
      megabytes(numberOf(result, "peakBytes")),
      numberOf(result, "explained").toFixed(2),
    ];
  });
  const head = [
    "network",
    "work",
    "batch",
    "the tensors alone",
    "our program",
    "measured",
    "program / measured",
  ];
  return markdownTable(columnsOf(head, 2), rows);
}

function numberOf(fields: FieldReader, name: string): number {
  return fields.number(name, "a number", () => true);
}

/** @param words - how many columns from the left are words; the others are aligned right */
function columnsOf(titles: readonly string[], words: number): readonly MarkdownColumn[] {
  return titles.map((title, index) => (index < words ? { title } : { title, align: "right" }));
}

function megabytes(bytes: number): string {
  const value = bytes / 1e6;
  return `${value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : formatCount(Math.round(value))} MB`;
}
