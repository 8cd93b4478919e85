import { exportOnnx } from "@nin/backend-onnxruntime/export";
import { parseSafetensors, type StoredTensor, serializeSafetensors } from "@nin/safetensors";
import { type ModelDescription, modelMetadata, readModelMetadata } from "@nin/spec";
import { describeRun, type FoundRun, type PortableRun, readRunFolder, runFolderFiles } from "@nin/training";
import { unzipSync, zipSync } from "fflate";
import { PageError } from "../contract/page-error.js";
import type { DroppedFile, RunFile } from "../contract/protocol.js";
import { createSha256 } from "./sha256.js";

/** A name that files of a run share: `nin-mnist-200`. */
function baseName({ config, checkpoint }: PortableRun): string {
  const name = config.architecture.name.replace(/[^A-Za-z0-9._-]+/g, "-");
  return `${name}-${checkpoint?.state.step ?? 0}`;
}

/** The run as a file that a person downloads. */
export function runFile(run: PortableRun, kind: "safetensors" | "onnx" | "folder"): RunFile {
  const base = baseName(run);
  if (kind === "folder") {
    const files = [...runFolderFiles(run, createSha256)].map(([path, bytes]) => [`${base}/${path}`, bytes]);
    const bytes = zipSync(Object.fromEntries(files), { level: 0 });
    return { name: `${base}.zip`, bytes, type: "application/zip" };
  }
  const parameters = run.checkpoint?.state.parameters;
  if (parameters === undefined) throw new PageError("this run has no weights yet: train a step first");
  const description = describeRun(run.config);
  if (kind === "safetensors") {
    const bytes = new Uint8Array(serializeSafetensors(parameters, modelMetadata(description)));
    return { name: `${base}.safetensors`, bytes, type: "application/octet-stream" };
  }
  const { architecture, ...rest } = description;
  const bytes = new Uint8Array(exportOnnx(architecture, parameters, { description: rest }));
  return { name: `${base}.onnx`, bytes, type: "application/octet-stream" };
}

/** Weights of a file, with what it says of itself. */
export interface DroppedWeights {
  readonly name: string;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly description: Partial<ModelDescription>;
}

export type Dropped =
  | { readonly kind: "run"; readonly run: FoundRun }
  | { readonly kind: "weights"; readonly weights: DroppedWeights };

/**
 * What files that were dropped hold.
 *
 * @throws what says in one line what is wrong with them
 */
export async function readDropped(files: readonly DroppedFile[]): Promise<Dropped> {
  const [first] = files;
  const name = files.length === 1 && first !== undefined ? first.file.name : "";
  const own = async () => new Uint8Array((await first?.file.arrayBuffer()) ?? new ArrayBuffer(0));
  if (/\.safetensors$/i.test(name)) {
    const { tensors, metadata } = parseSafetensors(await own(), name);
    return { kind: "weights", weights: { name, tensors, description: readModelMetadata(metadata) } };
  }
  const contents = /\.zip$/i.test(name) ? unzipped(await own(), name) : await bytesOf(files);
  return { kind: "run", run: readRunFolder(contents, createSha256) };
}

function unzipped(bytes: Uint8Array, name: string): ReadonlyMap<string, Uint8Array> {
  try {
    return new Map(Object.entries(unzipSync(bytes)));
  } catch {
    throw new PageError(`${name} is not a whole zip file: expected the download of a run`);
  }
}

async function bytesOf(files: readonly DroppedFile[]): Promise<ReadonlyMap<string, Uint8Array>> {
  return new Map(
    await Promise.all(
      files.map(async ({ file, path }) => [path, new Uint8Array(await file.arrayBuffer())] as const),
    ),
  );
}
