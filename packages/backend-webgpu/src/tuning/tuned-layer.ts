import type { Precision, TunedLayer } from "@nin/backend";

/** What is remembered of one convolution. */
export type TunedConvolution = Pick<TunedLayer, "layer" | "chosen" | "times">;

/** What searches found for an adapter and a precision. */
export interface TuningRecord {
  readonly adapter: string;
  readonly precision: Precision;
  readonly layers: readonly TunedConvolution[];
}

/** Keeps records between processes: a folder, or a browser's database. */
export interface TuningStore {
  /** The record of that name; undefined when there is none that can be read. */
  load(name: string): Promise<TuningRecord | undefined>;
  /** Replaces the record. Keeping it is not essential: a store that fails reports nothing. */
  save(name: string, record: TuningRecord): Promise<void>;
  list(): Promise<readonly TuningRecord[]>;
}

/** Whether a document is a record. */
export function isTuningRecord(value: unknown): value is TuningRecord {
  if (typeof value !== "object" || value === null) return false;
  const { adapter, precision, layers } = value as Partial<Record<keyof TuningRecord, unknown>>;
  return (
    typeof adapter === "string" &&
    (precision === "f32" || precision === "mixed") &&
    Array.isArray(layers) &&
    layers.every(isTuned)
  );
}

function isTuned(value: unknown): value is TunedConvolution {
  if (typeof value !== "object" || value === null) return false;
  const { layer, chosen, times } = value as Partial<Record<keyof TunedConvolution, unknown>>;
  return (
    typeof layer === "string" && typeof chosen === "string" && typeof times === "object" && times !== null
  );
}
