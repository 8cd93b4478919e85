import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { ParameterError } from "@nin/backend";
import type { Parameters } from "@nin/spec";
import { importLayersModel } from "./import-layers-model.js";
import type { LayersModelJson } from "./layers-model.js";

/** Reads the parameters of a layers model from its `model.json` and the files it names. Throws: `ParameterError`. */
export async function readLayersModel(path: string): Promise<Parameters> {
  const json = parse(path, await readFile(path, "utf8"));
  const names = json.weightsManifest.flatMap((group) => group.paths);
  const parts = await Promise.all(names.map((name) => readFile(join(dirname(path), name))));
  return importLayersModel(json, new Uint8Array(Buffer.concat(parts)));
}

function parse(path: string, text: string): Pick<LayersModelJson, "weightsManifest"> {
  const json: unknown = JSON.parse(text);
  const manifest = (json as { readonly weightsManifest?: unknown } | null)?.weightsManifest;
  if (!Array.isArray(manifest)) {
    throw new ParameterError(path, "a layers model of TensorFlow.js, with a weightsManifest", "none");
  }
  return json as LayersModelJson;
}
