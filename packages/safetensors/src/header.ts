import { at, elementCount, JsonError, parseJson, shownText, shownValue } from "@nin/spec";
import { type Dtype, dtypeBytes, isDtype } from "./dtype.js";
import { SafetensorsError } from "./errors.js";

/** The position of a tensor in a file. Offsets are relative to the end of the header. */
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

/**
 * Checks the JSON of a header. Names and fields must be unique and numbers must be written as integers; unknown fields are
 * ignored, as by the format's own parser.
 *
 * @throws SafetensorsError for anything that the format does not allow
 */
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

/** @throws SafetensorsError unless the tensors fill `dataBytes` without gaps and overlaps */
export function checkLayout(entries: readonly HeaderEntry[], dataBytes: number, source: string): void {
  let position = 0;
  for (const { name, begin, end } of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (begin !== position) {
      throw new SafetensorsError(
        source,
        `tensor ${shownText(name)} begins at offset ${begin}, expected ${position}, where the one before it ends`,
      );
    }
    if (end > dataBytes) {
      throw new SafetensorsError(
        source,
        `tensor ${shownText(name)} ends at offset ${end}, but the file has ${dataBytes} bytes of data; it is truncated or damaged`,
      );
    }
    position = end;
  }
  if (position !== dataBytes) {
    throw new SafetensorsError(
      source,
      `the tensors fill ${position} bytes, but the file has ${dataBytes} bytes of data`,
    );
  }
}

function readEntry(name: string, value: unknown, source: string): HeaderEntry {
  const what = `tensor ${shownText(name)}`;
  requireWellFormed(name, what, source);
  const fields = asObject(value, what, source);
  const { dtype, shape, data_offsets: offsets } = fields;
  if (!isDtype(dtype)) {
    const known = Object.keys(dtypeBytes).join(", ");
    throw new SafetensorsError(source, `${what}: dtype must be one of ${known}, got ${shownValue(dtype)}`);
  }
  if (!isCounts(shape) || shape.length > MAX_RANK) {
    throw new SafetensorsError(
      source,
      `${what}: shape must be an array of integers of at least 0, got ${shownValue(shape)}`,
    );
  }
  if (!isCounts(offsets) || offsets.length !== 2) {
    throw new SafetensorsError(
      source,
      `${what}: data_offsets must be [begin, end], got ${shownValue(offsets)}`,
    );
  }
  const [begin, end] = [at(offsets, 0), at(offsets, 1)];
  // Not only the whole product: one that overflows before it is multiplied by 0 is refused too, as by the format's own parser.
  if (
    shape.some((_, axis) => !Number.isSafeInteger(elementCount(shape.slice(0, axis + 1)) * dtypeBytes[dtype]))
  ) {
    throw new SafetensorsError(source, `${what}: shape [${shape.join(", ")}] is too large`);
  }
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
          `__metadata__.${shownText(key)} must be a string, got ${shownValue(text)}`,
        );
      }
      requireWellFormed(key + text, `__metadata__.${shownText(key)}`, source);
      return [key, text];
    }),
  );
}

function parse(json: string, source: string): unknown {
  if (!json.startsWith("{")) {
    throw new SafetensorsError(source, `the header must begin with {, found ${shownValue(json.slice(0, 8))}`);
  }
  try {
    return parseJson(json, "the header", { integersOnly: true });
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new SafetensorsError(source, error.message, { cause: error });
  }
}

function asObject(value: unknown, what: string, source: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new SafetensorsError(source, `${what} must be an object, got ${shownValue(value)}`);
}

function isCounts(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every((item) => Number.isSafeInteger(item) && isNotNegative(item));
}

/** `-0` is not an unsigned integer. */
function isNotNegative(value: number): boolean {
  return value >= 0 && !Object.is(value, -0);
}

/** Half a surrogate pair, written as an escape, cannot be encoded as UTF-8. */
function requireWellFormed(text: string, what: string, source: string): void {
  if (/\p{Cs}/u.test(text)) {
    throw new SafetensorsError(source, `${what}: half of a surrogate pair stands alone in the text`);
  }
}
