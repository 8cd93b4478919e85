import type { ConvolutionArithmetic, Precision } from "@nin/backend";
import {
  type Architecture,
  type InputSpec,
  parseArchitecture,
  parseRecipe,
  type ResolvedRecipe,
  resolvedPreprocessing,
  SpecError,
} from "@nin/spec";
import { parseObject } from "./parse-object.js";
import { RunError } from "./run-error.js";

/** The settings of a run, stored as `config.json`: everything needed to continue it. */
export interface RunConfig {
  readonly architecture: Architecture;
  /** The effective recipe, every override applied and `"data"` resolved. */
  readonly recipe: ResolvedRecipe;
  readonly data: DataRecord;
  /** The file of weights that it starts from; missing where it starts from random ones. */
  readonly startedFrom?: string;
  readonly backend: string;
  readonly device: string;
  readonly precision: Precision;
  /** How convolutions are computed; missing where that is `exact`. */
  readonly convolution?: ConvolutionArithmetic;
  /** Threads of a CPU device; null for the backend's own choice. */
  readonly threads: number | null;
  /** See `TrainingOptions`; null for no limit. */
  readonly maxSteps: number | null;
  readonly logEvery: number;
  readonly checkpointEvery: number;
  /** See `TrainingOptions`; null for the whole test set. */
  readonly evalLimit: number | null;
  /** Versions by name: of `node`, `nin`, the backend's runtime. */
  readonly versions: Readonly<Record<string, string>>;
}

/** Identifies the data of a run, so that a resumed run is certain to use the same. */
export interface DataRecord {
  /** Where the data set is loaded from: `fashion-mnist`, `synthetic` or an absolute path. */
  readonly source: string;
  /** The number of training images to use, the first ones; null for all. */
  readonly limit: number | null;
  /** How pictures are loaded, as far as that was asked for; missing where nothing was. */
  readonly loading?: DataLoading;
  readonly classNames: readonly string[];
  /** The size of the images and their channels. Missing in runs of earlier versions. */
  readonly image?: InputSpec;
  readonly train: SplitRecord;
  readonly test: SplitRecord;
}

/** What was asked for when the data of a run were loaded: see `LoadOptions` of `@nin/data/node`. */
export interface DataLoading {
  readonly testFraction?: number;
  /** Units: pixels. */
  readonly imageSize?: { readonly width: number; readonly height: number };
  readonly skipBroken?: boolean;
}

export interface SplitRecord {
  readonly count: number;
  /** The hash of the images' bytes followed by the labels'. */
  readonly sha256: string;
}

export const CONFIG = "config.json";

export function configText(config: RunConfig): string {
  return `${JSON.stringify({ format: "nin-run", version: 1, ...config }, undefined, 2)}\n`;
}

/** The settings of a run, with the path and the hash of their file. */
export interface LoadedConfig {
  readonly config: RunConfig;
  /** The file's path. */
  readonly path: string;
  /** The hash of the file's bytes. */
  readonly sha256: string;
}

/**
 * Reads the text of a `config.json`.
 *
 * @param path - for messages
 * @throws RunError (`NIN_RUN_CORRUPT`)
 */
export function parseConfig(text: string, path: string): RunConfig {
  const json = parseObject(text, path);
  if (json.format !== "nin-run" || json.version !== 1) throw corrupt(path, "format nin-run, version 1");
  const { precision, convolution } = json;
  if (precision !== "f32" && precision !== "mixed") throw corrupt(path, "precision: f32 or mixed");
  if (convolution !== undefined && convolution !== "exact" && convolution !== "fast")
    throw corrupt(path, "convolution: exact or fast");
  return {
    ...parseSpec(json, path),
    data: parseData(json.data, path),
    ...(json.startedFrom !== undefined && {
      startedFrom: requireText(json.startedFrom, "startedFrom", path),
    }),
    backend: requireText(json.backend, "backend", path),
    device: requireText(json.device, "device", path),
    precision,
    ...(convolution === "fast" && { convolution }),
    threads: optionalCount(json.threads, "threads", path, 1),
    maxSteps: optionalCount(json.maxSteps, "maxSteps", path, 1),
    logEvery: requireCount(json.logEvery, "logEvery", path, 1),
    checkpointEvery: requireCount(json.checkpointEvery, "checkpointEvery", path, 1),
    evalLimit: optionalCount(json.evalLimit, "evalLimit", path, 0),
    versions: parseVersions(json.versions, path),
  };
}

function parseSpec(
  json: Readonly<Record<string, unknown>>,
  path: string,
): Pick<RunConfig, "architecture" | "recipe"> {
  try {
    const recipe = parseRecipe(json.recipe);
    const preprocessing = resolvedPreprocessing(recipe.preprocessing);
    return { architecture: parseArchitecture(json.architecture), recipe: { ...recipe, preprocessing } };
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw new RunError("NIN_RUN_CORRUPT", path, error.message, { cause: error });
  }
}

function parseData(value: unknown, path: string): DataRecord {
  const data = asObject(value, "data", path);
  const { classNames } = data;
  if (!Array.isArray(classNames)) throw corrupt(path, "data.classNames: an array");
  return {
    source: requireText(data.source, "data.source", path),
    limit: optionalCount(data.limit, "data.limit", path, 1),
    ...(data.loading !== undefined && { loading: parseLoading(data.loading, path) }),
    classNames: classNames.map((name) => requireText(name, "data.classNames", path)),
    ...(data.image === undefined ? {} : { image: parseImage(data.image, path) }),
    train: parseSplit(data.train, "data.train", path),
    test: parseSplit(data.test, "data.test", path),
  };
}

function parseImage(value: unknown, path: string): InputSpec {
  const { channels, height, width } = asObject(value, "data.image", path);
  return {
    channels: requireCount(channels, "data.image.channels", path, 1),
    height: requireCount(height, "data.image.height", path, 1),
    width: requireCount(width, "data.image.width", path, 1),
  };
}

function parseLoading(value: unknown, path: string): DataLoading {
  const { testFraction, imageSize, skipBroken } = asObject(value, "data.loading", path);
  if (
    testFraction !== undefined &&
    !(typeof testFraction === "number" && testFraction > 0 && testFraction < 1)
  )
    throw corrupt(path, "data.loading.testFraction: a number between 0 and 1");
  if (skipBroken !== undefined && typeof skipBroken !== "boolean")
    throw corrupt(path, "data.loading.skipBroken: true or false");
  return {
    ...(testFraction !== undefined && { testFraction }),
    ...(imageSize !== undefined && { imageSize: parseSize(imageSize, path) }),
    ...(skipBroken !== undefined && { skipBroken }),
  };
}

function parseSize(value: unknown, path: string): { readonly width: number; readonly height: number } {
  const { width, height } = asObject(value, "data.loading.imageSize", path);
  return {
    width: requireCount(width, "data.loading.imageSize.width", path, 1),
    height: requireCount(height, "data.loading.imageSize.height", path, 1),
  };
}

function parseSplit(value: unknown, name: string, path: string): SplitRecord {
  const { count, sha256 } = asObject(value, name, path);
  return {
    count: requireCount(count, `${name}.count`, path, 1),
    sha256: requireText(sha256, `${name}.sha256`, path),
  };
}

function parseVersions(value: unknown, path: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(asObject(value ?? {}, "versions", path)).map(([name, version]) => [name, `${version}`]),
  );
}

function asObject(value: unknown, name: string, path: string): Readonly<Record<string, unknown>> {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw corrupt(path, `${name}: an object`);
}

function requireText(value: unknown, name: string, path: string): string {
  if (typeof value === "string" && value !== "") return value;
  throw corrupt(path, `${name}: a text`);
}

function requireCount(value: unknown, name: string, path: string, least: number): number {
  if (Number.isSafeInteger(value) && (value as number) >= least) return value as number;
  throw corrupt(path, `${name}: an integer of at least ${least}`);
}

/** Null and a missing field both mean that there is no limit. */
function optionalCount(value: unknown, name: string, path: string, least: number): number | null {
  return value === undefined || value === null ? null : requireCount(value, name, path, least);
}

function corrupt(path: string, expected: string): RunError {
  return new RunError("NIN_RUN_CORRUPT", path, `expected ${expected}`);
}
