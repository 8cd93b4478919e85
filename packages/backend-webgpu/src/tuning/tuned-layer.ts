/** What a search found out about one convolution. */
export interface TunedLayer {
  /** See `layerKey`. */
  readonly layer: string;
  /** The fastest one's name. */
  readonly chosen: string;
  /** Forward and both gradients, by name; null: it gave wrong numbers. Units: ms. */
  readonly times: Readonly<Record<string, number | null>>;
}

/** All that was found out about an adapter in a precision. */
export interface TuningRecord {
  readonly adapter: string;
  readonly precision: string;
  readonly layers: readonly TunedLayer[];
}

/** Keeps records between processes: a folder, or a browser's database. */
export interface TuningStore {
  /** The record of that name; undefined when there is none that can be read. */
  load(name: string): Promise<TuningRecord | undefined>;
  /** Replaces the record. Keeping it is not essential: a store that fails says nothing. */
  save(name: string, record: TuningRecord): Promise<void>;
  list(): Promise<readonly TuningRecord[]>;
}

/** Whether a document is a record. */
export function isTuningRecord(value: unknown): value is TuningRecord {
  if (typeof value !== "object" || value === null) return false;
  const { adapter, precision, layers } = value as Partial<Record<keyof TuningRecord, unknown>>;
  return (
    typeof adapter === "string" &&
    typeof precision === "string" &&
    Array.isArray(layers) &&
    layers.every(isTunedLayer)
  );
}

function isTunedLayer(value: unknown): value is TunedLayer {
  if (typeof value !== "object" || value === null) return false;
  const { layer, chosen, times } = value as Partial<Record<keyof TunedLayer, unknown>>;
  return (
    typeof layer === "string" && typeof chosen === "string" && typeof times === "object" && times !== null
  );
}
