import type { Chart } from "../charts/chart.js";
import type { RunCurves } from "../charts/overlay.js";

/**
 * What a server sends a live page, as JSON in a server-sent event named `update`. The first one of each connection has
 * everything, those after it what has changed.
 */
export interface LiveUpdate {
  /** The HTML inside elements, by their ids. */
  readonly parts?: Readonly<Record<string, string>>;
  /** The charts in the element with the attribute `data-live-charts`: new ones are added at its end. */
  readonly charts?: readonly Chart[];
  /** Rows of a `sortableTable`. */
  readonly rows?: LiveRows;
  /** The keys of runs whose curves have changed since they were fetched. */
  readonly changedCurves?: readonly string[];
}

/** Rows that are new or different, and rows that are gone. */
export interface LiveRows {
  /** The table's id. */
  readonly table: string;
  readonly rows: readonly LiveRow[];
  /** The keys of rows to remove; `others` for all that are not among `rows`. */
  readonly removed: readonly string[] | "others";
}

/** A row as `sortableRow` makes it. */
export interface LiveRow {
  readonly key: string;
  readonly html: string;
}

/** What the address in `data-curves` answers for a run, as JSON. */
export interface LiveCurves {
  readonly label: string;
  readonly stepsPerEpoch: number;
  readonly curves: RunCurves;
}
