import { createHash } from "node:crypto";
import { dirname, isAbsolute, join, resolve } from "node:path";
import { NinError } from "@nin/backend";
import { FileError, looksLikePath, readJsonFile, SIZE_LIMITS } from "@nin/files";
import {
  type Architecture,
  builtinArchitecture,
  builtinRecipe,
  JsonError,
  parseArchitecture,
  parseRecipe,
  type Recipe,
  SpecError,
  shownText,
  summarize,
} from "@nin/spec";
import { isRecipePath, type JsonValue, type StudySettings, settingNames } from "../format/settings.js";
import { expandStudy, parseStudy, type Study } from "../format/study.js";

/** A study, or something in it or its folder, that cannot be used. */
export class StudyError extends NinError {
  constructor(problem: string, options?: ErrorOptions) {
    super("NIN_STUDY", problem, options);
  }
}

/** A run of a study, with everything that it needs but the data: nothing in it is a path of this machine, its data's aside. */
export interface PlannedRun {
  /** A hash of the effective settings: 16 hexadecimal digits. */
  readonly id: string;
  /** Every setting, defaults filled in, as the study wrote them. */
  readonly settings: StudySettings;
  readonly architecture: Architecture;
  /** With the study's changes. */
  readonly recipe: Recipe;
  /** Whether epochs and warm-up are suited to the number of images when the run starts (`sizedRecipe` of `@nin/spec`). */
  readonly isSized: boolean;
  /** The epochs that the study asks for; a recipe that is sized keeps to them. */
  readonly epochs?: number;
  /** `fashion-mnist`, `synthetic`, or an absolute path. */
  readonly data: string;
  readonly backend: string;
  /** Null for the backend's choice. */
  readonly device: string | null;
  readonly precision: "f32" | "mixed";
  /** Missing where convolutions are exact. */
  readonly convolution?: "fast";
  /** The number of training images to use, from the start; null for all. */
  readonly limit: number | null;
  /** Null for what the one who runs it decides. */
  readonly threads: number | null;
  readonly parameters: number;
  /** Multiply-accumulates of the forward pass of one image. */
  readonly macs: number;
}

/** A study with all of its runs. */
export interface StudyPlan {
  readonly study: Study;
  /** Each once, in the study's order. */
  readonly runs: readonly PlannedRun[];
}

/**
 * Reads a study and everything that its runs need. Networks and recipes may be files, relative to the study's folder.
 *
 * @param path - of the study's file
 * @throws `StudyError` for a file that cannot be read, is not a study, or whose runs cannot be trained as they are
 *
 * @example
 * ```ts
 * import { planStudy } from "@nin/study/node";
 *
 * export async function countRuns(path: string): Promise<number> {
 *   const { runs } = await planStudy(path);
 *   return runs.length;
 * }
 * ```
 */
export async function planStudy(path: string): Promise<StudyPlan> {
  const json = await named("", () => readJsonFile(path, { maxBytes: SIZE_LIMITS.settings }));
  const study = await named(`study ${shownText(path, 4096)}: `, async () => parseStudy(json));
  return planRuns(study, dirname(resolve(path)));
}

/**
 * The runs of a study that was read already.
 *
 * @param folder - what paths in it are relative to
 * @throws `StudyError`
 */
export async function planRuns(study: Study, folder: string): Promise<StudyPlan> {
  const planner = new Planner(folder);
  const what = `study ${shownText(study.name)}: `;
  const runs = new Map<string, PlannedRun>();
  for (const settings of await named(what, async () => expandStudy(study))) {
    const run = await named(what, () => planner.plan(settings));
    if (!runs.has(run.id)) runs.set(run.id, run);
  }
  return { study, runs: [...runs.values()] };
}

const DEFAULTS: StudySettings = {
  recipe: "robust",
  data: "fashion-mnist",
  backend: "onnxruntime",
  precision: "f32",
  limit: null,
  threads: null,
};

/** Reads each network and recipe once. */
class Planner {
  readonly #architectures = new Map<string, Promise<Architecture>>();
  readonly #counts = new Map<Architecture, Pick<PlannedRun, "parameters" | "macs">>();
  readonly #recipes = new Map<string, Promise<unknown>>();

  constructor(private readonly folder: string) {}

  async plan(given: StudySettings): Promise<PlannedRun> {
    const settings: StudySettings = { ...DEFAULTS, ...deviceOf(given), ...given };
    const text = (name: string): string => settings[name] as string;
    const model = text("model");
    const architecture = await cached(this.#architectures, model, () => this.#architecture(model));
    const name = text("recipe");
    const json = await cached(this.#recipes, name, () => this.#recipe(name));
    const recipe = await named(`recipe ${shownText(name, 4096)}: `, async () =>
      changedRecipe(json, settings),
    );
    const changes = Object.keys(settings).filter(isRecipePath);
    const epochs = settings["recipe.epochs"] as number | undefined;
    const isSized = name === "robust" && !changes.some((path) => path.startsWith("recipe.schedule"));
    const data = text("data");
    const effective = {
      ...{ architecture, recipe, isSized, data },
      ...(isSized && epochs !== undefined && { epochs }),
      backend: text("backend"),
      device: settings.device as string | null,
      precision: settings.precision as "f32" | "mixed",
      ...(settings.convolution === "fast" && { convolution: "fast" as const }),
      limit: settings.limit as number | null,
      threads: settings.threads as number | null,
    };
    const { parameters, macs } = cached(this.#counts, architecture, () => summarize(architecture));
    return {
      id: hashOf(effective),
      settings: inOrder({ ...settings, seed: recipe.seed }),
      ...effective,
      data: data === "fashion-mnist" || data === "synthetic" ? data : this.#path(data),
      ...{ parameters, macs },
    };
  }

  async #architecture(text: string): Promise<Architecture> {
    if (!looksLikePath(text)) return builtinArchitecture(text);
    return named(`architecture ${shownText(text, 4096)}: `, async () =>
      parseArchitecture(await this.#json(text)),
    );
  }

  async #recipe(text: string): Promise<unknown> {
    if (!looksLikePath(text)) return builtinRecipe(text);
    return named(`recipe ${shownText(text, 4096)}: `, () => this.#json(text));
  }

  #json(text: string): Promise<unknown> {
    return readJsonFile(this.#path(text), { maxBytes: SIZE_LIMITS.settings });
  }

  #path(text: string): string {
    return isAbsolute(text) ? text : join(this.folder, text);
  }
}

/** As tables show them. */
function inOrder(settings: StudySettings): StudySettings {
  const paths = Object.keys(settings).filter(isRecipePath).sort();
  const names = [...settingNames, ...paths].filter((name) => Object.hasOwn(settings, name));
  return Object.fromEntries(names.map((name) => [name, settings[name] as JsonValue]));
}

function deviceOf({ backend = "onnxruntime" }: StudySettings): StudySettings {
  return { device: backend === "onnxruntime" ? "cpu" : null };
}

/** A recipe with the changes that settings make to it. */
function changedRecipe(json: unknown, settings: StudySettings): Recipe {
  const changed = structuredClone(json);
  const paths = Object.keys(settings).filter(isRecipePath).sort();
  for (const path of paths) change(changed, path.split(".").slice(1), settings[path] as JsonValue, path);
  if (settings.seed === undefined) return parseRecipe(changed);
  return parseRecipe({ ...parseRecipe(changed), seed: settings.seed });
}

/** @throws `SpecError` where the path leads through something that is no object */
function change(root: unknown, names: readonly string[], value: JsonValue, path: string): void {
  let place = root;
  for (const [index, name] of names.entries()) {
    if (typeof place !== "object" || place === null || Array.isArray(place))
      throw new SpecError(path, `${["recipe", ...names.slice(0, index)].join(".")} to be an object`, place);
    const fields = place as Record<string, unknown>;
    if (index === names.length - 1) {
      if (value === null) delete fields[name];
      else fields[name] = value;
      return;
    }
    if (!Object.hasOwn(fields, name)) fields[name] = {};
    place = fields[name];
  }
}

/** Names change nothing of a training: equal networks give equal ids. */
function hashOf({
  architecture,
  recipe,
  ...others
}: Pick<PlannedRun, "architecture" | "recipe"> & object): string {
  const unnamed = {
    architecture: { ...architecture, name: undefined },
    recipe: { ...recipe, name: undefined },
    ...others,
  };
  return createHash("sha256").update(JSON.stringify(unnamed)).digest("hex").slice(0, 16);
}

function cached<Key, Value>(known: Map<Key, Value>, key: Key, make: () => Value): Value {
  const value = known.get(key) ?? make();
  known.set(key, value);
  return value;
}

/** Runs `work`; an error about what the user wrote is then a `StudyError` that begins with where it stands. */
async function named<Result>(where: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    const isUsers =
      error instanceof SpecError ||
      error instanceof FileError ||
      error instanceof JsonError ||
      error instanceof StudyError;
    if (!isUsers) throw error;
    throw new StudyError(`${where}${error.message}`, { cause: error });
  }
}
