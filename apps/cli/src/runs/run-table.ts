import { relative } from "node:path";
import type { RunListing, RunSummary } from "@nin/training/node";
import { percent } from "../terminal/format.js";
import { type Column, tableLines } from "../terminal/table.js";
import { displayWidth } from "../terminal/text-width.js";
import { lastPart } from "./run-columns.js";

/** A column, and how much it is wanted where there is little room: the highest number goes first. */
interface RunColumn extends Column<RunSummary> {
  readonly rank: number;
}

const NONE = "\u2013";

/** Between two columns. Units: characters. */
const GAP = 2;

/**
 * Lines of a table of runs. Where a terminal (of `width` columns) is too narrow for all columns, it has those that say
 * most: run, status, epochs, accuracy, speed.
 *
 * @param folder - whose runs they are: their names are relative to it
 */
export function runTable(
  { runs }: Pick<RunListing, "runs">,
  folder: string,
  width?: number,
): readonly string[] {
  const columns = columnsOf(folder, runs);
  if (width === undefined) return tableLines(columns, runs);
  return tableLines(fittingColumns(columns, runs, width), runs, width);
}

function columnsOf(folder: string, runs: readonly RunSummary[]): readonly RunColumn[] {
  const fraction = (value: number | null): string => (value === null ? NONE : percent(value));
  const hasValidation = runs.some(({ validationAccuracy }) => validationAccuracy !== null);
  const validation: RunColumn = {
    title: "val. acc.",
    rank: 3,
    align: "right",
    value: ({ validationAccuracy }) => fraction(validationAccuracy),
  };
  return [
    { title: "run", rank: 0, value: ({ run }) => relative(folder, run) || run },
    { title: "model", rank: 4, value: ({ model }) => model },
    { title: "recipe", rank: 6, value: ({ recipe }) => recipe },
    { title: "data", rank: 7, value: ({ data }) => lastPart(data) },
    { title: "backend", rank: 8, value: ({ backend, device }) => `${backend} ${device}` },
    { title: "seed", rank: 5, align: "right", value: ({ seed }) => `${seed}` },
    { title: "status", rank: 0, value: ({ status }) => status },
    { title: "epochs", rank: 1, align: "right", value: ({ epochs }) => `${epochs}` },
    ...(hasValidation ? [validation] : []),
    { title: "test acc.", rank: 0, align: "right", value: ({ testAccuracy }) => fraction(testAccuracy) },
    {
      title: "images/s",
      rank: 2,
      align: "right",
      value: ({ imagesPerSecond }) => (imagesPerSecond === null ? NONE : rate(imagesPerSecond)),
    },
  ];
}

function rate(imagesPerSecond: number): string {
  return imagesPerSecond < 100
    ? imagesPerSecond.toFixed(1)
    : Math.round(imagesPerSecond).toLocaleString("en-US");
}

function fittingColumns(
  columns: readonly RunColumn[],
  runs: readonly RunSummary[],
  width: number,
): readonly RunColumn[] {
  const taken = columns.map(({ title, value }) =>
    runs.reduce((most, run) => Math.max(most, displayWidth(value(run))), displayWidth(title)),
  );
  const total = taken.reduce((sum, each) => sum + each + GAP, -GAP);
  const leastWanted = Math.max(...columns.map(({ rank }) => rank));
  if (total <= width || leastWanted === 0) return columns;
  return fittingColumns(
    columns.filter(({ rank }) => rank < leastWanted),
    runs,
    width,
  );
}
