import { elementCount, FieldReader, SpecError, shownValue } from "@nin/spec";
import type { WeightEntry } from "./layers-model.js";
import { LayersModelError } from "./layers-model.js";

/** More than any model has. */
const [MAX_GROUPS, MAX_FILES, MAX_WEIGHTS] = [1000, 10_000, 200_000];
const FLOAT_BYTES = 4;
/** Of biases, Dense and Conv2D. */
const RANKS = [1, 2, 4];

/** Weights that are stored one after another, in one file or several. */
export interface WeightGroup {
  /** Names of files in the folder of `model.json`. */
  readonly paths: readonly string[];
  readonly weights: readonly WeightEntry[];
  /** What the files have together. */
  readonly sizeBytes: number;
}

/**
 * Checks the part of a `model.json` that says where its weights are. Other fields are passed over.
 *
 * @param json - parsed, not yet checked
 * @param source - what messages call it
 * @throws `LayersModelError` for a path that is no plain name of a file, weights that are not float32 or quantized, a
 * path or a weight that stands twice
 */
export function parseManifest(json: unknown, source: string): readonly WeightGroup[] {
  try {
    const root = new FieldReader(json, "");
    if (root.raw("weightsManifest") === undefined)
      throw new LayersModelError(source, "expected a layers model of TensorFlow.js, with a weightsManifest");
    const groups = root.list("weightsManifest", MAX_GROUPS, readGroup);
    root.requireOneEach(
      "weightsManifest",
      groups.flatMap(({ paths }) => paths),
    );
    root.requireOneEach(
      "weightsManifest",
      groups.flatMap(({ weights }) => weights.map(({ name }) => name)),
    );
    return groups;
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    throw new LayersModelError(source, error.message, { cause: error });
  }
}

function readGroup(fields: FieldReader): WeightGroup {
  const paths = fields.texts("paths", MAX_FILES);
  const wrong = paths.findIndex((path) => !isPlainName(path));
  if (wrong >= 0) {
    throw new SpecError(
      `${fields.pathOf("paths")}[${wrong}]`,
      "the plain name of a file in the folder of model.json",
      paths[wrong],
    );
  }
  const weights = fields.list("weights", MAX_WEIGHTS, readWeight);
  const values = weights.reduce((sum, { shape }) => sum + elementCount(shape), 0);
  return { paths, weights, sizeBytes: FLOAT_BYTES * values };
}

function readWeight(fields: FieldReader): WeightEntry {
  if (fields.raw("quantization") !== undefined) fields.fail("quantization", "weights that are not quantized");
  return { name: readName(fields), shape: readShape(fields), dtype: fields.literal("dtype", "float32") };
}

/** `net.0.2/kernel`. */
function readName(fields: FieldReader): string {
  const name = fields.string("name");
  return /^[^/]+\/[^/]+$/.test(name)
    ? name
    : fields.fail("name", "a layer's name and a role, as in net.0/kernel");
}

function readShape(fields: FieldReader): readonly number[] {
  const shape = Array.from(fields.array("shape", Math.max(...RANKS)));
  const isExtent = (extent: unknown): extent is number => Number.isSafeInteger(extent) && Number(extent) >= 0;
  if (!shape.every(isExtent) || !RANKS.includes(shape.length))
    return fields.fail("shape", "1, 2 or 4 extents");
  if (!Number.isSafeInteger(elementCount(shape)))
    throw new SpecError(fields.pathOf("shape"), "a tensor that fits a file", shownValue(shape));
  return shape;
}

/** Not a path: nothing outside the folder is read, on no system. */
function isPlainName(path: string): boolean {
  return path !== "" && path !== "." && path !== ".." && !/[/\\:\p{Cc}]/u.test(path);
}
