import { FieldReader, SpecError } from "@nin/spec";
import { drawSettings, parseRandom, type RandomSettings } from "./random.js";
import { checkedSetting, checkSettingName, type JsonValue, type StudySettings } from "./settings.js";

/** Many runs declared in one file: which are compared, and to answer what. */
export interface Study {
  readonly format: "nin-study";
  readonly version: 1;
  readonly name: string;
  readonly question?: string;
  /** What is known beforehand, or was found; shown above the results. */
  readonly answer?: string;
  /** Settings that all runs share. */
  readonly base: StudySettings;
  /** The values of each varied setting; their product is run. */
  readonly grid: Readonly<Record<string, readonly JsonValue[]>>;
  /** Draws of settings; each is combined with each point of the grid. */
  readonly random?: RandomSettings;
  /** Further runs, one by one. */
  readonly runs: readonly StudySettings[];
}

/** More runs than anyone has the time for: a product that exceeds it was not meant. */
const MAX_RUNS = 10_000;

/**
 * Reads a study from parsed JSON.
 *
 * @throws `SpecError` naming the field
 *
 * @example
 * ```ts
 * import { expandStudy, parseStudy } from "@nin/study";
 *
 * const study = parseStudy({
 *   format: "nin-study",
 *   version: 1,
 *   name: "seeds",
 *   base: { model: "nin-mnist" },
 *   grid: { seed: [0, 1, 2] },
 * });
 * console.log(expandStudy(study).length); // 3
 * ```
 */
export function parseStudy(json: unknown): Study {
  const root = new FieldReader(json, "");
  root.ignore("$schema");
  const study: Study = {
    format: root.literal("format", "nin-study"),
    version: root.literal("version", 1),
    name: root.string("name"),
    ...root.optional("question", () => root.string("question")),
    ...root.optional("answer", () => root.string("answer")),
    base: root.raw("base") === undefined ? {} : parseSettings(root.object("base")),
    grid: root.raw("grid") === undefined ? {} : parseGrid(root.object("grid")),
    ...root.optional("random", () => parseRandom(root.object("random"))),
    runs: root.raw("runs") === undefined ? [] : root.list("runs", MAX_RUNS, parseSettings),
  };
  root.end();
  const count = runCount(study);
  if (count > MAX_RUNS) throw new SpecError("grid", `at most ${MAX_RUNS} runs`, count);
  return study;
}

/**
 * The settings of each run, in order: those of the grid, of which the last setting changes fastest, each with every draw
 * of `random`; then those of `runs`. Without grid, `random` and `runs` there is one run, of the base.
 *
 * @throws `SpecError` where a run has no model
 */
export function expandStudy(study: Study): readonly StudySettings[] {
  const { base, runs } = study;
  const product = hasProduct(study) ? productOf(study).map((settings) => ({ ...base, ...settings })) : [];
  const listed = runs.map((settings, index) => {
    if (settings.model === undefined && base.model === undefined) requireModel({}, `runs[${index}]`);
    return { ...base, ...settings };
  });
  for (const settings of product) requireModel(settings, "base");
  return [...product, ...listed];
}

function requireModel(settings: StudySettings, path: string): void {
  if (settings.model === undefined)
    throw new SpecError(`${path}.model`, "a network, such as nin-mnist", undefined);
}

/** Where runs are listed, nothing is run for a grid that is not there. */
function hasProduct({ grid, random, runs }: Study): boolean {
  return Object.keys(grid).length > 0 || random !== undefined || runs.length === 0;
}

function productOf({ grid, random }: Study): readonly StudySettings[] {
  const points = Object.entries(grid).reduce<readonly StudySettings[]>(
    (product, [name, values]) =>
      product.flatMap((point) => values.map((value) => ({ ...point, [name]: value }))),
    [{}],
  );
  if (random === undefined) return points;
  return points.flatMap((point) => drawSettings(random).map((drawn) => ({ ...point, ...drawn })));
}

function runCount(study: Study): number {
  const { grid, random, runs } = study;
  const points = Object.values(grid).reduce((product, { length }) => product * length, 1);
  return (hasProduct(study) ? points * (random?.count ?? 1) : 0) + runs.length;
}

function parseSettings(fields: FieldReader): StudySettings {
  const setting = (name: string): JsonValue => checkedSetting(name, fields.raw(name), fields.pathOf(name));
  return Object.fromEntries(fields.names().map((name) => [name, setting(name)]));
}

function parseGrid(fields: FieldReader): Study["grid"] {
  return Object.fromEntries(
    fields.names().map((name) => {
      const path = fields.pathOf(name);
      checkSettingName(name, path);
      const values = fields.array(name, MAX_RUNS);
      if (values.length === 0) throw new SpecError(path, "at least one value", values);
      return [name, values.map((value, index) => checkedSetting(name, value, `${path}[${index}]`))];
    }),
  );
}
