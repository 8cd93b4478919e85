import { nearestName, SpecError, shownNames, shownText } from "@nin/spec";

/** A value as JSON has it. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [name: string]: JsonValue };

/**
 * Settings of a run by name, as a study lists them: `model`, `recipe`, `seed`, `data`, `backend`, `device`, `precision`,
 * `convolution`, `limit`, `threads`, or a path into the recipe, such as `recipe.optimizer.learningRate`. A path whose value is null
 * removes a field of the recipe.
 */
export type StudySettings = Readonly<Record<string, JsonValue>>;

/** A setting that has a name of its own, and what its value may be. */
interface NamedSetting {
  readonly expected: string;
  readonly accepts: (value: unknown) => boolean;
}

const TEXT: NamedSetting = {
  expected: "a non-empty string",
  accepts: (value) => typeof value === "string" && value !== "",
};
const COUNT_OR_NULL: NamedSetting = {
  expected: "a positive integer, or null for no limit",
  accepts: (value) => value === null || (Number.isSafeInteger(value) && (value as number) >= 1),
};

const NAMED: Readonly<Record<string, NamedSetting>> = {
  model: { ...TEXT, expected: "a built-in network, such as nin-mnist, or the path of an architecture file" },
  recipe: { ...TEXT, expected: "a built-in recipe, such as robust, or the path of a recipe file" },
  seed: {
    expected: "an integer from 0 to 2^53-1",
    accepts: (value) => Number.isSafeInteger(value) && (value as number) >= 0,
  },
  data: { ...TEXT, expected: "fashion-mnist, synthetic, or the path of a data set" },
  backend: TEXT,
  device: { expected: "a non-empty string, or null for the backend's choice", accepts: isTextOrNull },
  precision: { expected: '"f32" or "mixed"', accepts: (value) => value === "f32" || value === "mixed" },
  convolution: { expected: '"exact" or "fast"', accepts: (value) => value === "exact" || value === "fast" },
  limit: COUNT_OR_NULL,
  threads: COUNT_OR_NULL,
};

/** The settings that are not paths into the recipe, in the order in which tables show them. */
export const settingNames: readonly string[] = Object.keys(NAMED);

const RECIPE_PATH = /^recipe(\.[A-Za-z0-9]+)+$/;
/** Fields of a recipe that are no setting of a run, or are one under a shorter name. */
const OTHER_FIELDS: Readonly<Record<string, string>> = {
  "recipe.seed": "seed, which is a setting of its own",
  "recipe.format": "a field that a recipe can be varied in",
  "recipe.version": "a field that a recipe can be varied in",
};

/** Whether a setting changes a field of the recipe. */
export function isRecipePath(name: string): boolean {
  return RECIPE_PATH.test(name);
}

/**
 * @param path - where the setting stands, for the message
 * @throws `SpecError` for a setting that does not exist
 */
export function checkSettingName(name: string, path: string): void {
  const instead = Object.hasOwn(OTHER_FIELDS, name) ? OTHER_FIELDS[name] : undefined;
  if (instead !== undefined) throw new SpecError(path, instead, name);
  if (Object.hasOwn(NAMED, name) || isRecipePath(name)) return;
  const expected = `${shownNames(settingNames)}, or a path into the recipe, such as recipe.epochs`;
  const nearest = nearestName(name, settingNames);
  const hint = nearest === undefined ? "" : `; did you mean ${nearest}?`;
  throw new SpecError(
    path,
    expected,
    name,
    `${shownText(path)}: unknown setting; expected ${expected}${hint}`,
  );
}

/** How a setting may be drawn: only a field of the recipe may be a fraction. */
export function drawableKinds(name: string): readonly ("uniform" | "logUniform" | "integer" | "choice")[] {
  if (isRecipePath(name)) return ["uniform", "logUniform", "integer", "choice"];
  return NAMED[name] === COUNT_OR_NULL ? ["integer", "choice"] : ["choice"];
}

/**
 * A setting's value, which came from JSON.
 *
 * @param path - where the value stands, for the message
 * @throws `SpecError` for a value that the setting cannot have
 */
export function checkedSetting(name: string, value: unknown, path: string): JsonValue {
  checkSettingName(name, path);
  const named = NAMED[name];
  if (named?.accepts(value) === false) throw new SpecError(path, named.expected, value);
  return value as JsonValue;
}

function isTextOrNull(value: unknown): boolean {
  return value === null || (typeof value === "string" && value !== "");
}
