import { trainingImageCount } from "../loop/split.js";
import { type Checkpoint, progressProblem } from "../record/checkpoint.js";
import {
  checkpointFiles,
  checkpointOf,
  checkpointTensors,
  OPTIMIZER,
  requireSameConfig,
  STATE,
  WEIGHTS,
} from "../record/checkpoint-files.js";
import { CONFIG, configText, type LoadedConfig, parseConfig, type RunConfig } from "../record/config.js";
import type { MetricsLine } from "../record/metrics.js";
import { metricsIn, metricsText, metricsUpTo } from "../record/metrics-text.js";
import { RunError } from "../record/run-error.js";
import { type CreateSha256, sha256Of } from "../record/sha256.js";
import { parseState, progressOf } from "../record/state-file.js";

const METRICS = "metrics.jsonl";
const CHECKPOINTS = "checkpoints";
const STATE_PATH = /^checkpoints\/(0|[1-9]\d{0,15})\/state\.json$/;

/** A run without a folder: what `nin train --resume` continues. */
export interface PortableRun {
  readonly config: RunConfig;
  /** In order. */
  readonly metrics: readonly MetricsLine[];
  /** The state that it continues from; absent before the first. */
  readonly checkpoint?: Checkpoint;
}

/** A run that was read from files. */
export interface FoundRun extends PortableRun {
  /** Messages about damaged checkpoints that were skipped, and lines that are not metrics. */
  readonly warnings: readonly string[];
}

/**
 * The files of a run's folder, as `@nin/training/node` writes them: `nin train --resume` continues it. What the best
 * checkpoint of an earlier epoch held is not among them.
 *
 * @returns contents by path below the folder: `checkpoints/200/state.json`
 *
 * @example
 * ```ts
 * for (const [path, bytes] of runFolderFiles(run, createSha256)) archive[`my-run/${path}`] = bytes;
 * ```
 */
export function runFolderFiles(
  { config, metrics, checkpoint }: PortableRun,
  createSha256: CreateSha256,
): ReadonlyMap<string, Uint8Array> {
  const encoder = new TextEncoder();
  const text = configText(config);
  const files = new Map<string, Uint8Array>([
    [CONFIG, encoder.encode(text)],
    [METRICS, encoder.encode(metricsText(metrics))],
  ]);
  if (checkpoint === undefined) return files;
  const { step } = checkpoint.state;
  const run = { config, sha256: sha256Of(text, createSha256) };
  const content = checkpointFiles(checkpoint, run, createSha256);
  for (const name of [WEIGHTS, OPTIMIZER] as const) {
    files.set(`${CHECKPOINTS}/${step}/${name}`, content[name]);
  }
  files.set(`${CHECKPOINTS}/${step}/${STATE}`, encoder.encode(content[STATE]));
  files.set(`${CHECKPOINTS}/latest`, encoder.encode(`${step}\n`));
  return files;
}

/**
 * Reads a run from the files of its folder, as `resumeRun` of `@nin/training/node` does: the newest checkpoint whose
 * hashes are right, and the metrics up to it.
 *
 * @param files - contents by path; the folder's own path may be before all of them: `my-run/config.json`
 * @throws RunError (`NIN_RUN_MISSING`, `NIN_RUN_CORRUPT`)
 *
 * @example
 * ```ts
 * const { config, checkpoint } = readRunFolder(new Map(Object.entries(unzipSync(bytes))), createSha256);
 * ```
 */
export function readRunFolder(files: ReadonlyMap<string, Uint8Array>, createSha256: CreateSha256): FoundRun {
  const root = rootOf(files);
  const textAt = (path: string): string | undefined => {
    const bytes = files.get(`${root}${path}`);
    return bytes && new TextDecoder().decode(bytes);
  };
  const configFile = textAt(CONFIG);
  if (configFile === undefined)
    throw new RunError("NIN_RUN_MISSING", "run", `expected the files of a run, found no ${CONFIG}`);
  const config = parseConfig(configFile, CONFIG);
  const loaded = { config, path: CONFIG, sha256: sha256Of(configFile, createSha256) };
  const { checkpoint, warnings } = newestCheckpoint(files, root, loaded, createSha256);
  const { lines, invalidCount } = metricsIn(textAt(METRICS) ?? "");
  const metrics =
    checkpoint === undefined ? [] : metricsUpTo(lines, checkpoint.state.step, checkpoint.progress.epoch);
  const skipped = invalidCount === 0 ? [] : [`skipped ${invalidCount} lines that are not metrics`];
  return { config, metrics, ...(checkpoint && { checkpoint }), warnings: [...warnings, ...skipped] };
}

/** What is before `config.json` in the path of the one that is nearest to the top: ``, or `my-run/`. */
function rootOf(files: ReadonlyMap<string, Uint8Array>): string {
  const roots = [...files.keys()]
    .filter((path) => path === CONFIG || path.endsWith(`/${CONFIG}`))
    .map((path) => path.slice(0, -CONFIG.length));
  return roots.toSorted((one, other) => one.length - other.length)[0] ?? "";
}

function newestCheckpoint(
  files: ReadonlyMap<string, Uint8Array>,
  root: string,
  run: LoadedConfig,
  createSha256: CreateSha256,
): { readonly checkpoint?: Checkpoint; readonly warnings: readonly string[] } {
  const steps = [...files.keys()]
    .filter((path) => path.startsWith(root))
    .flatMap((path) => STATE_PATH.exec(path.slice(root.length))?.slice(1).map(Number) ?? [])
    .toSorted((one, other) => other - one);
  const warnings: string[] = [];
  for (const step of steps) {
    try {
      return { checkpoint: readCheckpoint(files, root, step, run, createSha256), warnings };
    } catch (error) {
      if (!(error instanceof RunError) || error.path === run.path) throw error;
      warnings.push(`skipped a damaged checkpoint: ${error.message}`);
    }
  }
  if (warnings.length === 0) return { warnings };
  throw new RunError("NIN_RUN_CORRUPT", CHECKPOINTS, `no checkpoint is whole: ${warnings.join("; ")}`);
}

function readCheckpoint(
  files: ReadonlyMap<string, Uint8Array>,
  root: string,
  step: number,
  run: LoadedConfig,
  createSha256: CreateSha256,
): Checkpoint {
  const folder = `${CHECKPOINTS}/${step}`;
  const bytesOf = (name: string): Uint8Array => {
    const bytes = files.get(`${root}${folder}/${name}`);
    if (bytes !== undefined) return bytes;
    throw new RunError(
      "NIN_RUN_CORRUPT",
      `${folder}/${name}`,
      "expected a file of the checkpoint, found none",
    );
  };
  const path = `${folder}/${STATE}`;
  const record = parseState(new TextDecoder().decode(bytesOf(STATE)), path, createSha256);
  requireSameConfig(record, run);
  const { recipe, data } = run.config;
  const length = {
    trainingImages: trainingImageCount(data.train.count, recipe),
    batchSize: recipe.batchSize,
    epochs: recipe.epochs,
  };
  const problem =
    record.step === step
      ? progressProblem({ state: record, progress: progressOf(record) }, length)
      : `step: expected ${step}, as the folder is named, got ${record.step}`;
  if (problem !== undefined) throw new RunError("NIN_RUN_CORRUPT", path, `damaged: ${problem}`);
  const tensors = (name: typeof WEIGHTS | typeof OPTIMIZER) =>
    checkpointTensors(bytesOf(name), `${folder}/${name}`, record.sha256[name], createSha256);
  return checkpointOf(record, { parameters: tensors(WEIGHTS), optimizer: tensors(OPTIMIZER) });
}
