import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { arbitraryArchitecture } from "./arbitrary.js";
import { layerKindNames, parseArchitecture } from "./architecture/architecture.js";
import { builtinArchitecture, builtinArchitectures } from "./builtin/index.js";
import { builtinRecipe, builtinRecipes } from "./builtin/recipes.js";
import { parseRecipe } from "./recipe/recipe.js";

const ajv = new Ajv({ allErrors: false, strict: true, strictTypes: false });
const validator = (name: string): ValidateFunction => ajv.compile(schemaOf(name));
const schemaOf = (name: string): Schema =>
  JSON.parse(readFileSync(new URL(`../schemas/${name}.json`, import.meta.url), "utf8")) as Schema;

interface Schema extends Record<string, unknown> {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
  readonly definitions?: Readonly<Record<string, Schema>>;
}

/** Why the parser refuses what no schema can express: whether layers suit each other. */
const BEYOND_SCHEMAS = [
  /at most half the kernel/,
  /at most the padded input's/,
  /beyond the padded input's/,
  /an input of shape/,
  /a tensor of at most/,
  /with a fraction, which .* needs/,
  /more than the one before it/,
  /layers, those inside blocks counted/,
];

/** One of every kind, with every field written, so that each can be changed. */
const everyKind = {
  $schema: "./architecture.json",
  format: "nin-architecture",
  version: 1,
  name: "every-kind",
  input: { channels: 1, height: 12, width: 12 },
  layers: [
    {
      kind: "ninBlock",
      outChannels: 4,
      kernelSize: [3, 5],
      stride: [1, 1],
      padding: 1,
      mlpChannels: [3],
      mlpKernelSize: 3,
    },
    { kind: "maxPool2d", kernelSize: 3, stride: 2, padding: 0, ceilMode: true },
    { kind: "conv2d", outChannels: 5, kernelSize: 3, stride: 1, padding: [1, 1], bias: false },
    { kind: "relu" },
    { kind: "avgPool2d", kernelSize: [2, 2], stride: 2 },
    { kind: "dropout", rate: 0.25 },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 3, bias: true },
  ],
};

/** Recipes with every optional field. */
const everySchedule = [
  { kind: "multiStep", milestones: [2, 4], gamma: 0.1, warmupSteps: 3 },
  { kind: "plateau", factor: 0.5, patience: 2, monitor: "validationAccuracy", warmupSteps: 0 },
].map((schedule) => ({
  ...builtinRecipe("d2l"),
  name: schedule.kind,
  schedule,
  augmentation: { horizontalFlip: 0.5, cropPadding: 4 },
  validation: { fraction: 0.1 },
  earlyStopping: { monitor: "validationLoss", patience: 3, minDelta: 0.5 },
}));

const VALUES: readonly unknown[] = [
  null,
  true,
  "",
  "x",
  "relu",
  "sgd",
  "data",
  "validationLoss",
  "zeros",
  "heUniform",
  0,
  1,
  2,
  -1,
  0.5,
  1.5,
  2 ** 24,
  2 ** 24 + 1,
  2 ** 53,
  [],
  [1],
  [1, 3],
  [0, 1],
  [1, 2, 3],
  [1, -1],
  ["x"],
  {},
  { kind: "relu" },
  { weight: "zeros" },
];

/** Copies of a JSON value in which one place is removed, replaced or given a field of another name. */
function* changedCopies(value: unknown): Generator<unknown> {
  yield* VALUES;
  if (typeof value !== "object" || value === null) return;
  const rebuilt = (entries: readonly (readonly [string, unknown])[]): unknown =>
    Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
  const entries = Object.entries(value);
  if (!Array.isArray(value)) yield { ...value, unknown: 1 };
  for (const [index, [key, inner]] of entries.entries()) {
    yield rebuilt(entries.toSpliced(index, 1));
    for (const changed of changedCopies(inner)) yield rebuilt(entries.with(index, [key, changed]));
  }
}

function refusalOf(parse: (json: unknown) => unknown, json: unknown): string | undefined {
  try {
    parse(json);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

/** Where the schema and the parser disagree; none is what we want. */
function disagreements(
  validate: ValidateFunction,
  parse: (json: unknown) => unknown,
  values: Iterable<unknown>,
): readonly string[] {
  const found: string[] = [];
  for (const json of values) {
    const refusal = refusalOf(parse, json);
    const expected = refusal === undefined || BEYOND_SCHEMAS.some((pattern) => pattern.test(refusal));
    if (validate(json) !== expected) found.push(`${refusal ?? "accepted"}: ${JSON.stringify(json)}`);
  }
  return found;
}

describe("the architecture schema", () => {
  const validate = validator("architecture");

  test("accepts and refuses what the parser does", () => {
    const copies = [...changedCopies(everyKind)];
    expect(copies.length).toBeGreaterThan(1500);
    expect(disagreements(validate, parseArchitecture, [everyKind, ...copies])).toEqual([]);
    // Both verdicts are among them.
    expect(copies.filter((copy) => refusalOf(parseArchitecture, copy) === undefined).length).toBeGreaterThan(
      50,
    );
  });

  test("accepts every built-in network and random ones", () => {
    const builtins = builtinArchitectures.map(({ name }) => builtinArchitecture(name));
    expect(disagreements(validate, parseArchitecture, builtins)).toEqual([]);
    const random = fc.sample(arbitraryArchitecture(), { numRuns: 200, seed: 1 });
    expect(disagreements(validate, parseArchitecture, random)).toEqual([]);
  });

  test("has every kind of layer", () => {
    const { layer } = schemaOf("architecture").definitions ?? {};
    const kinds = layer?.oneOf?.map(({ properties }) => properties?.kind?.const);
    expect([...(kinds ?? [])].sort()).toEqual([...layerKindNames].sort());
  });
});

describe("the recipe schema", () => {
  const validate = validator("recipe");

  test.each([...builtinRecipes, ...everySchedule])(
    "accepts and refuses what the parser does: $name",
    (recipe) => {
      const copies = [...changedCopies({ $schema: "./recipe.json", ...recipe })];
      expect(copies.length).toBeGreaterThan(500);
      expect(disagreements(validate, parseRecipe, [recipe, ...copies])).toEqual([]);
    },
  );
});

test.each(["architecture", "recipe"])("the %s schema explains every field to an editor", (name) => {
  const silent: string[] = [];
  const visit = (schema: Schema, path: string): void => {
    for (const [key, field] of Object.entries(schema.properties ?? {})) {
      const explained = field.description !== undefined || field.const !== undefined;
      if (!explained) silent.push(`${path}.${key}`);
      visit(field, `${path}.${key}`);
    }
    for (const [index, alternative] of (schema.oneOf ?? []).entries())
      visit(alternative, `${path}[${index}]`);
    for (const [key, definition] of Object.entries(schema.definitions ?? {})) visit(definition, key);
  };
  visit(schemaOf(name), name);
  expect(silent).toEqual([]);
});
