import { NinError } from "@nin/backend";
import { FileError, readFileBounded, SIZE_LIMITS, systemReason } from "@nin/files";
import {
  type FitOptions,
  type FittedParameters,
  fitParameters,
  ParameterFitError,
  type StoredTensor,
} from "@nin/safetensors";
import { readSafetensors } from "@nin/safetensors/node";
import {
  type Architecture,
  type ModelDescription,
  readModelMetadata,
  SpecError,
  sameArchitecture,
  shownNames,
} from "@nin/spec";
import { UsageError } from "../errors/usage-error.js";
import { plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";

/** The tensors of a file, and what it says of the network that they belong to. */
export interface WeightsFile {
  readonly path: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly description: Partial<ModelDescription>;
  /** Whether it holds other tensors by its nature, as the constants of an ONNX model are. */
  readonly mayHaveOthers: boolean;
}

/** Endings of files of weights: a target that has one is no architecture. */
const WEIGHTS_NAME = /\.(?:safetensors|onnx|pt|pth|ckpt)$/i;

export function looksLikeWeights(path: string): boolean {
  return WEIGHTS_NAME.test(path);
}

/**
 * Reads a file of weights: safetensors, an ONNX model by its ending, or TensorFlow.js's `model.json`.
 *
 * @throws `SafetensorsError`, `UsageError`, `NinError` for one that cannot be read or is something else; `UsageError` for
 *   metadata that say something impossible
 */
export async function readWeightsFile(path: string): Promise<WeightsFile> {
  const file = await readAnyWeights(path);
  try {
    return { path, description: readModelMetadata(file.metadata), ...file };
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw new UsageError(`${path}: metadata: ${error.message}`, { cause: error });
  }
}

/**
 * The network's parameters from a file; reports a prefix that was removed, tensors that were skipped, and a file that was
 * written for another network.
 *
 * @throws `UsageError` naming every parameter that is missing or has another shape
 */
export function fitWeights(
  architecture: Architecture,
  { path, tensors, description, mayHaveOthers }: WeightsFile,
  { ignoreExtra = false, newHead = false }: Pick<FitOptions, "ignoreExtra" | "newHead">,
  terminal: Pick<Terminal, "note">,
): FittedParameters {
  const fitted = fittedOrRefused(architecture, tensors, {
    source: path,
    ignoreExtra: ignoreExtra || mayHaveOthers,
    newHead,
  });
  if (fitted.prefix !== undefined)
    terminal.note(`${path}: removed the prefix ${fitted.prefix} from the names of the tensors`);
  if (fitted.ignored.length > 0 && !mayHaveOthers)
    terminal.note(
      `${path}: skipped ${plural(fitted.ignored.length, "tensor")}: ${shownNames(fitted.ignored)}`,
    );
  const { architecture: own } = description;
  if (own !== undefined && !newHead && !sameArchitecture(own, architecture))
    terminal.note(
      `Warning: ${path} was written for ${own.name}, another network than ${architecture.name} with parameters of the same names and shapes`,
    );
  return fitted;
}

function fittedOrRefused(
  architecture: Architecture,
  tensors: ReadonlyMap<string, StoredTensor>,
  options: FitOptions,
): FittedParameters {
  try {
    return fitParameters(architecture, tensors, options);
  } catch (error) {
    if (!(error instanceof ParameterFitError) || !error.hasExtra) throw error;
    throw new UsageError(`${error.message} (--ignore-extra skips them)`, { cause: error });
  }
}

type Contents = Pick<WeightsFile, "tensors" | "mayHaveOthers"> & {
  readonly metadata: ReadonlyMap<string, string>;
};

async function readAnyWeights(path: string): Promise<Contents> {
  if (path.endsWith(".json")) return readTensorFlowWeights(path);
  if (path.toLowerCase().endsWith(".onnx")) return readOnnxFile(path);
  const { tensors, metadata } = await readSafetensors(path);
  return { tensors, metadata, mayHaveOthers: false };
}

async function readOnnxFile(path: string): Promise<Contents> {
  const { readOnnxWeights } = await import("@nin/backend-onnxruntime/export");
  try {
    const bytes = await readFileBounded(path, { maxBytes: SIZE_LIMITS.tensors });
    return { ...readOnnxWeights(bytes, path), mayHaveOthers: true };
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

async function readTensorFlowWeights(path: string): Promise<Contents> {
  const { readLayersModel, readLayersModelMetadata } = await import("@nin/backend-tfjs/node");
  try {
    const parameters = await readLayersModel(path);
    const tensors = new Map(
      [...parameters].map(([name, { shape, data }]): [string, StoredTensor] => {
        const bytes = new Uint8Array(Float32Array.from(data).buffer);
        return [name, { dtype: "F32", shape, bytes }];
      }),
    );
    return { tensors, metadata: await readLayersModelMetadata(path), mayHaveOthers: false };
  } catch (error) {
    if (error instanceof NinError) throw error;
    throw new UsageError(`${path}: cannot be read: ${systemReason(error)}`, { cause: error });
  }
}
