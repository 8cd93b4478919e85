import { at, type FieldReader, PURPOSE, philox, philoxKey, present, SpecError } from "@nin/spec";
import {
  checkedSetting,
  checkSettingName,
  drawableKinds,
  type JsonValue,
  type StudySettings,
} from "./settings.js";

/** How the values of a setting are drawn. */
export type Distribution =
  | { readonly kind: "uniform" | "logUniform"; readonly low: number; readonly high: number }
  | { readonly kind: "integer"; readonly low: number; readonly high: number }
  | { readonly kind: "choice"; readonly values: readonly JsonValue[] };

/** Settings whose values are drawn, the same draws for the same seed. */
export interface RandomSettings {
  /** The number of draws. */
  readonly count: number;
  readonly seed: number;
  /** By the name of the setting. */
  readonly distributions: Readonly<Record<string, Distribution>>;
}

/** More draws than anyone has the time to train. */
const MAX_DRAWS = 10_000;

/** @throws `SpecError` */
export function parseRandom(fields: FieldReader): RandomSettings {
  const count = fields.number(
    "count",
    `an integer from 1 to ${MAX_DRAWS}`,
    (value) => Number.isInteger(value) && value >= 1 && value <= MAX_DRAWS,
  );
  const seed = fields.number(
    "seed",
    "an integer from 0 to 2^53-1",
    (value) => Number.isSafeInteger(value) && value >= 0,
    0,
  );
  const names = fields.names().filter((name) => name !== "count" && name !== "seed");
  const distributions = Object.fromEntries(
    names.map((name) => {
      checkSettingName(name, fields.pathOf(name));
      return [name, parseDistribution(name, fields.object(name))];
    }),
  );
  fields.end();
  if (names.length === 0) throw new SpecError(fields.path, "at least one setting to draw", {});
  return { count, seed, distributions };
}

function parseDistribution(setting: string, fields: FieldReader): Distribution {
  const names = fields.names();
  const kinds = drawableKinds(setting);
  const kind = kinds.find((known) => known === names[0]);
  if (kind === undefined || names.length !== 1) {
    const expected = kinds.map((known) => `{ "${known}": [...] }`).join(" or ");
    throw new SpecError(
      fields.path,
      expected,
      Object.fromEntries(names.map((name) => [name, fields.raw(name)])),
    );
  }
  const values = fields.array(kind, MAX_DRAWS);
  const path = fields.pathOf(kind);
  if (kind === "choice") {
    if (values.length === 0) throw new SpecError(path, "at least one value", values);
    return {
      kind,
      values: values.map((value, index) => checkedSetting(setting, value, `${path}[${index}]`)),
    };
  }
  const [low, high] = values;
  const accepts = { uniform: Number.isFinite, logUniform: isPositive, integer: Number.isSafeInteger }[kind];
  if (values.length !== 2 || !accepts(low) || !accepts(high)) {
    const what = { uniform: "numbers", logUniform: "positive numbers", integer: "integers" }[kind];
    throw new SpecError(path, `two ${what}, the lower one first`, values);
  }
  for (const bound of [low, high]) checkedSetting(setting, bound, path);
  if ((low as number) > (high as number)) throw new SpecError(path, "the lower number first", values);
  const distribution = { kind, low: low as number, high: high as number };
  const most = valueAt(distribution, 1 - 2 ** -32);
  if (!Number.isFinite(most)) throw new SpecError(path, "two numbers that are not as far apart", values);
  return distribution;
}

/** Every draw's settings. The draw of a parameter depends on nothing but the seed, the draw's number and its place in code-point order. */
export function drawSettings({ count, seed, distributions }: RandomSettings): readonly StudySettings[] {
  const key = philoxKey(seed);
  const words = new Uint32Array(4);
  // Names of settings are ASCII: this is the order of their code points.
  const names = Object.keys(distributions).sort();
  return Array.from({ length: count }, (_, draw) =>
    Object.fromEntries(
      names.map((name, index) => {
        philox(key, 0, index, draw, PURPOSE.study, words);
        return [name, valueAt(present(distributions[name]), at(words, 0) / 2 ** 32)];
      }),
    ),
  );
}

/** @param u - uniform in [0, 1) */
function valueAt(distribution: Distribution, u: number): JsonValue {
  switch (distribution.kind) {
    case "uniform":
      return distribution.low + (distribution.high - distribution.low) * u;
    case "logUniform":
      return distribution.low * (distribution.high / distribution.low) ** u;
    case "integer":
      return distribution.low + Math.floor((distribution.high - distribution.low + 1) * u);
    case "choice":
      return at(distribution.values, Math.floor(distribution.values.length * u));
  }
}

function isPositive(value: unknown): boolean {
  return Number.isFinite(value) && (value as number) > 0;
}
