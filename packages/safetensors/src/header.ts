import { elementCount } from "@nin/spec";
import { type Dtype, dtypeBytes, isDtype } from "./dtype.js";
import { SafetensorsError } from "./errors.js";

/** A tensor's place in a file. Offsets count from the end of the header. */
export interface HeaderEntry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

export interface Header {
  readonly entries: readonly HeaderEntry[];
  readonly metadata: ReadonlyMap<string, string>;
}

const MAX_RANK = 16;

/** Checks a header's JSON. Throws: `SafetensorsError` for anything the format does not allow. */
export function readHeader(json: string, source: string): Header {
  const root = asObject(parse(json, source), "the header", source);
  const entries: HeaderEntry[] = [];
  let metadata: ReadonlyMap<string, string> = new Map();
  for (const [name, value] of Object.entries(root)) {
    if (name === "__metadata__") metadata = readMetadata(value, source);
    else entries.push(readEntry(name, value, source));
  }
  return { entries, metadata };
}

/** Throws: `SafetensorsError` unless the tensors fill `dataBytes` without gaps and without overlap. */
export function checkLayout(entries: readonly HeaderEntry[], dataBytes: number, source: string): void {
  let position = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position) {
      throw new SafetensorsError(
        source,
        `tensor ${name} begins at offset ${begin}, expected ${position}, where the one before it ends`,
      );
    }
    if (end > dataBytes) {
      throw new SafetensorsError(
        source,
        `tensor ${name} ends at offset ${end}, but the file holds ${dataBytes} bytes of data; it is truncated or damaged`,
      );
    }
    position = end;
  }
  if (position !== dataBytes) {
    throw new SafetensorsError(
      source,
      `the tensors fill ${position} bytes, but the file holds ${dataBytes} bytes of data`,
    );
  }
}

function readEntry(name: string, value: unknown, source: string): HeaderEntry {
  const what = `tensor ${name}`;
  const fields = asObject(value, what, source);
  const { dtype, shape, data_offsets: offsets } = fields;
  if (!isDtype(dtype)) {
    const known = Object.keys(dtypeBytes).join(", ");
    throw new SafetensorsError(
      source,
      `${what}: dtype must be one of ${known}, got ${JSON.stringify(dtype)}`,
    );
  }
  if (!isCounts(shape) || shape.length > MAX_RANK) {
    throw new SafetensorsError(
      source,
      `${what}: shape must be an array of integers of at least 0, got ${JSON.stringify(shape)}`,
    );
  }
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw new SafetensorsError(
      source,
      `${what}: data_offsets must be [begin, end], got ${JSON.stringify(offsets)}`,
    );
  }
  const [begin = 0, end = 0] = offsets;
  const sizeBytes = elementCount(shape) * dtypeBytes[dtype];
  if (end - begin !== sizeBytes) {
    throw new SafetensorsError(
      source,
      `${what}: ${dtype} of shape [${shape.join(", ")}] takes ${sizeBytes} bytes, but data_offsets [${begin}, ${end}] span ${end - begin}`,
    );
  }
  return { name, dtype, shape, begin, end };
}

function readMetadata(value: unknown, source: string): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(asObject(value, "__metadata__", source)).map(([key, text]) => {
      if (typeof text !== "string") {
        throw new SafetensorsError(
          source,
          `__metadata__.${key} must be a string, got ${JSON.stringify(text)}`,
        );
      }
      return [key, text];
    }),
  );
}

function parse(json: string, source: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new SafetensorsError(source, "the header is not JSON", { cause: error });
  }
}

function asObject(value: unknown, what: string, source: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new SafetensorsError(source, `${what} must be an object, got ${JSON.stringify(value)}`);
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && item >= 0);
}
