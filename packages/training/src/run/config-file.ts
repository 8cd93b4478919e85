import { join } from "node:path";
import type { FileSystem } from "@nin/files";
import { parseArchitecture, parseRecipe, SpecError } from "@nin/spec";
import { parseObject, sha256 } from "./checkpoint-state.js";
import type { DataRecord, RunConfig, SplitRecord } from "./config.js";
import { RunError } from "./errors.js";
import { textOf } from "./run-files.js";

export const CONFIG = "config.json";

export function configText(config: RunConfig): string {
  return `${JSON.stringify({ format: "nin-run", version: 1, ...config }, undefined, 2)}\n`;
}

/** A run's configuration, and the hash by which a changed file is recognized. */
export interface LoadedConfig {
  readonly config: RunConfig;
  /** Of the file. */
  readonly path: string;
  /** Of the file's bytes. */
  readonly sha256: string;
}

/** Throws: `RunError` (`NIN_RUN_MISSING`, `NIN_RUN_READ`, `NIN_RUN_CORRUPT`). */
export async function readConfig(files: FileSystem, folder: string): Promise<LoadedConfig> {
  const path = join(folder, CONFIG);
  const text = await textOf(files, path);
  if (text === undefined) {
    throw new RunError("NIN_RUN_MISSING", folder, `expected the folder of a run, found no ${CONFIG} there`);
  }
  return { config: parseConfig(text, path), path, sha256: sha256(text) };
}

/** Throws: `RunError` (`NIN_RUN_CORRUPT`). */
export function parseConfig(text: string, path: string): RunConfig {
  const json = parseObject(text, path);
  if (json.format !== "nin-run" || json.version !== 1) throw corrupt(path, "format nin-run, version 1");
  const { precision } = json;
  if (precision !== "f32" && precision !== "mixed") throw corrupt(path, "precision: f32 or mixed");
  return {
    ...parseSpec(json, path),
    data: parseData(json.data, path),
    backend: requireText(json.backend, "backend", path),
    device: requireText(json.device, "device", path),
    precision,
    threads: requireCount(json.threads ?? null, "threads", path, 1),
    maxSteps: requireCount(json.maxSteps ?? null, "maxSteps", path, 1),
    logEvery: requireCount(json.logEvery, "logEvery", path, 1) ?? 1,
    checkpointEvery: requireCount(json.checkpointEvery, "checkpointEvery", path, 1) ?? 1,
    evalLimit: requireCount(json.evalLimit ?? null, "evalLimit", path, 0),
    versions: parseVersions(json.versions, path),
  };
}

function parseSpec(
  json: Readonly<Record<string, unknown>>,
  path: string,
): Pick<RunConfig, "architecture" | "recipe"> {
  try {
    return { architecture: parseArchitecture(json.architecture), recipe: parseRecipe(json.recipe) };
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
    limit: requireCount(data.limit ?? null, "data.limit", path, 1),
    classNames: classNames.map((name) => requireText(name, "data.classNames", path)),
    train: parseSplit(data.train, "data.train", path),
    test: parseSplit(data.test, "data.test", path),
  };
}

function parseSplit(value: unknown, name: string, path: string): SplitRecord {
  const { count, sha256 } = asObject(value, name, path);
  return {
    count: requireCount(count, `${name}.count`, path, 1) ?? 1,
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

function requireCount(value: unknown, name: string, path: string, least: number): number | null {
  if (value === null || (Number.isSafeInteger(value) && (value as number) >= least))
    return value as number | null;
  throw corrupt(path, `${name}: an integer of at least ${least}`);
}

function corrupt(path: string, expected: string): RunError {
  return new RunError("NIN_RUN_CORRUPT", path, `expected ${expected}`);
}
