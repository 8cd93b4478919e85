import {
  type Architecture,
  type InputSpec,
  parseArchitecture,
  parseInput,
} from "../architecture/architecture.js";
import { classCount } from "../architecture/shapes.js";
import { SpecError } from "../reading/errors.js";
import { FieldReader, MAX_INTEGER } from "../reading/field-reader.js";
import { JsonError, parseJson } from "../reading/json.js";
import {
  type Preprocessing,
  parsePreprocessing,
  perChannel,
  resolvedPreprocessing,
} from "../recipe/recipe.js";

/** What a file of weights says about the network that they belong to: enough to classify a picture with it. */
export interface ModelDescription {
  readonly architecture: Architecture;
  /** The name of each score, in the order of the scores. */
  readonly classNames: readonly string[];
  /** The numbers that pixels in [0, 1] are normalized with. */
  readonly preprocessing: Preprocessing;
  /**
   * The images that the network was trained on. A picture becomes one of these first; it is resized to the
   * architecture's input after that, where that differs.
   */
  readonly image: InputSpec;
  /** The version of the software that wrote the file. */
  readonly version?: string;
}

/** The keys of a file's metadata, each with what it holds, as JSON. */
const KEY = {
  classes: "nin.classes",
  mean: "nin.mean",
  std: "nin.std",
  input: "nin.input",
  architecture: "nin.architecture",
  version: "nin.version",
} as const;

/**
 * A description as the metadata of a safetensors file (`__metadata__`) or an ONNX model (`metadata_props`): JSON by the
 * keys `nin.classes` (an array of names), `nin.mean`, `nin.std` (a number, or one per channel), `nin.input` (the images'
 * channels, height and width), `nin.architecture` and `nin.version`.
 *
 * @throws `SpecError` unless there is a name for each score and the preprocessing suits the network's channels
 *
 * @example
 * ```ts
 * const bytes = serializeSafetensors(parameters, modelMetadata(description));
 * ```
 */
export function modelMetadata(description: ModelDescription): ReadonlyMap<string, string> {
  const { architecture, classNames, preprocessing, image, version } = description;
  requireConsistent(description);
  const values: readonly (readonly [key: string, value: unknown])[] = [
    [KEY.classes, classNames],
    [KEY.mean, preprocessing.mean],
    [KEY.std, preprocessing.std],
    [KEY.input, { channels: image.channels, height: image.height, width: image.width }],
    [KEY.architecture, architecture],
    ...(version === undefined ? [] : [[KEY.version, version] as const]),
  ];
  return new Map(values.map(([key, value]) => [key, JSON.stringify(value)]));
}

/**
 * Reads what a file's metadata says of its network. What is not there is absent: files of other software have none of it.
 * Keys of others are ignored.
 *
 * @throws `SpecError` naming the key, for one that does not hold what it should, or contradicts another
 *
 * @example
 * ```ts
 * const { classNames } = readModelMetadata(parseSafetensors(bytes).metadata);
 * ```
 */
export function readModelMetadata(metadata: ReadonlyMap<string, string>): Partial<ModelDescription> {
  const json = new Map<string, unknown>();
  for (const key of Object.values(KEY)) {
    const text = metadata.get(key);
    if (text !== undefined) json.set(key, jsonOf(key, text));
  }
  const reader = new FieldReader(Object.fromEntries(json), "");
  const description: Partial<ModelDescription> = {
    ...read(json, KEY.architecture, (value) => ({ architecture: architectureOf(value) })),
    ...read(json, KEY.classes, () => ({ classNames: reader.texts(KEY.classes, MAX_INTEGER) })),
    ...preprocessingOf(json),
    ...read(json, KEY.input, (value) => ({ image: parseInput(new FieldReader(value, KEY.input)) })),
    ...read(json, KEY.version, () => ({ version: reader.string(KEY.version) })),
  };
  requireConsistent(description);
  return description;
}

/**
 * A name for each of so many scores: those that the data has, then numbers, where a network has more classes than its
 * data.
 */
export function scoreNames(classNames: readonly string[], scores: number): readonly string[] {
  return Array.from({ length: scores }, (_, index) => classNames[index] ?? `${index}`);
}

function read<Part>(
  json: ReadonlyMap<string, unknown>,
  key: string,
  parse: (value: unknown) => Part,
): Part | Record<never, never> {
  return json.has(key) ? parse(json.get(key)) : {};
}

/** Both numbers or neither: one alone cannot be used. */
function preprocessingOf(json: ReadonlyMap<string, unknown>): Partial<ModelDescription> {
  if (!json.has(KEY.mean) && !json.has(KEY.std)) return {};
  const fields = { mean: json.get(KEY.mean), std: json.get(KEY.std) };
  return { preprocessing: resolvedPreprocessing(parsePreprocessing(new FieldReader(fields, "nin")), "nin") };
}

function architectureOf(value: unknown): Architecture {
  try {
    return parseArchitecture(value);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    const path = `${KEY.architecture}.${error.path}`;
    throw new SpecError(path, "a valid architecture", value, `${KEY.architecture}: ${error.message}`);
  }
}

function jsonOf(key: string, text: string): unknown {
  try {
    return parseJson(text, key);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
    throw new SpecError(key, "JSON", text, error.message);
  }
}

function requireConsistent({
  architecture,
  classNames,
  preprocessing,
  image,
}: Partial<ModelDescription>): void {
  if (architecture === undefined) return;
  const { channels } = architecture.input;
  if (classNames !== undefined) {
    const scores = classCount(architecture);
    if (classNames.length !== scores)
      throw new SpecError(KEY.classes, `${scores} names, one for each score`, classNames.length);
  }
  if (preprocessing !== undefined) {
    perChannel(preprocessing.mean, channels, KEY.mean);
    perChannel(preprocessing.std, channels, KEY.std);
  }
  if (image !== undefined && image.channels !== channels && image.channels !== 1)
    throw new SpecError(`${KEY.input}.channels`, `1 or ${channels}, as the network has`, image.channels);
}
