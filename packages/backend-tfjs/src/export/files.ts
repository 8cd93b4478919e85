import { realpath } from "node:fs/promises";
import { dirname, isAbsolute, join, relative, sep } from "node:path";
import { FileError, readFileBounded, readJsonFile, SIZE_LIMITS, systemReason } from "@nin/files";
import { FieldReader, JsonError, type NamedTensors, SpecError, shownText } from "@nin/spec";
import { parametersOf } from "./import-layers-model.js";
import { LayersModelError } from "./layers-model.js";
import { parseManifest, type WeightGroup } from "./parse-manifest.js";

/**
 * Reads the parameters of a layers model from its `model.json` and the files it names, which lie in the same folder.
 *
 * @throws `LayersModelError` for a `model.json` that is not what TensorFlow.js writes, files that are missing, lead out
 * of the folder, or have not the size that it says
 */
export async function readLayersModel(path: string): Promise<NamedTensors> {
  const groups = parseManifest(await readModelJson(path), path);
  const sizeBytes = groups.reduce((sum, group) => sum + group.sizeBytes, 0);
  if (sizeBytes > SIZE_LIMITS.tensors) {
    throw new LayersModelError(
      path,
      `expected weights of at most ${SIZE_LIMITS.tensors} bytes, found ${sizeBytes}`,
    );
  }
  const weights = new Uint8Array(sizeBytes);
  let begin = 0;
  for (const group of groups) {
    await readGroup(path, group, weights.subarray(begin, begin + group.sizeBytes));
    begin += group.sizeBytes;
  }
  return parametersOf(groups, weights);
}

/**
 * What the `model.json` of a layers model says of its network: the texts of its `userDefinedMetadata`; nothing where it
 * has none.
 *
 * @throws `LayersModelError` for a file that cannot be read, or metadata that are no texts
 */
export async function readLayersModelMetadata(path: string): Promise<ReadonlyMap<string, string>> {
  const json = await readModelJson(path);
  try {
    const root = new FieldReader(json, "");
    const metadata = root.optional("userDefinedMetadata", () => root.object("userDefinedMetadata"));
    const fields = metadata.userDefinedMetadata;
    if (fields === undefined) return new Map();
    // Other software may keep objects there, under names of its own.
    const own = fields.names().filter((name) => name.startsWith("nin."));
    return new Map(own.map((name) => [name, fields.text(name)]));
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw new LayersModelError(path, error.message, { cause: error });
  }
}

async function readModelJson(path: string): Promise<unknown> {
  try {
    return await readJsonFile(path, { maxBytes: SIZE_LIMITS.record });
  } catch (error) {
    if (error instanceof FileError) throw new LayersModelError(path, error.problem, { cause: error });
    if (!(error instanceof JsonError)) throw error;
    throw new LayersModelError(path, error.problem, { cause: error });
  }
}

async function readGroup(
  path: string,
  { paths, sizeBytes }: WeightGroup,
  weights: Uint8Array,
): Promise<void> {
  let total = 0;
  for (const name of paths) {
    const bytes = await readWeightsFile(path, name, sizeBytes - total);
    weights.set(bytes, total);
    total += bytes.length;
  }
  if (total === sizeBytes) return;
  const files = paths.map((name) => shownText(name)).join(", ");
  throw new LayersModelError(
    path,
    `expected ${sizeBytes} bytes in ${files}, as its weights take, found ${total}`,
  );
}

async function readWeightsFile(path: string, name: string, maxBytes: number): Promise<Uint8Array> {
  try {
    const folder = await realpath(dirname(path));
    const file = await realpath(join(folder, name));
    const within = relative(folder, file);
    if (within === ".." || within.startsWith(`..${sep}`) || isAbsolute(within))
      throw new LayersModelError(path, `${shownText(name)} is a link that leads out of the folder`);
    return await readFileBounded(file, { maxBytes, regularOnly: true });
  } catch (error) {
    if (error instanceof LayersModelError) throw error;
    const reason = error instanceof FileError ? error.problem : `cannot be read: ${systemReason(error)}`;
    throw new LayersModelError(path, `${shownText(name)}: ${reason}`, { cause: error });
  }
}
