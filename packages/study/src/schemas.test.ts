import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { expect, it } from "vitest";
import { parseStudy } from "./format/study.js";

interface Schema extends Record<string, unknown> {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly patternProperties?: Readonly<Record<string, Schema>>;
  readonly oneOf?: readonly Schema[];
  readonly definitions?: Readonly<Record<string, Schema>>;
}

const schema = JSON.parse(readFileSync(new URL("../schemas/study.json", import.meta.url), "utf8")) as Schema;
const validate = new Ajv({ strict: true, strictTypes: false, strictRequired: false }).compile(schema);

/** Why the parser refuses what no schema can express. */
const BEYOND_SCHEMAS = [/the lower number first/, /that are not as far apart/, /at most 10000 runs/];

/** Every field and every setting, so that each can be changed. */
const everything = {
  $schema: "./study.json",
  ...{ format: "nin-study", version: 1, name: "everything", question: "Why?", answer: "Because." },
  base: {
    ...{ model: "nin", recipe: "d2l", seed: 1, data: "photos", backend: "webgpu", device: null },
    ...{ precision: "mixed", limit: null, threads: 2, "recipe.optimizer.momentum": 0.9 },
  },
  grid: {
    ...{ model: ["nin", "vgg11"], seed: [0, 1], limit: [null, 5], precision: ["f32"] },
    "recipe.schedule": [null, { kind: "constant", warmupSteps: 0 }],
  },
  random: {
    ...{
      count: 3,
      seed: 4,
      model: { choice: ["nin"] },
      limit: { integer: [1, 5] },
      threads: { choice: [null, 1] },
    },
    "recipe.a": { uniform: [-1, 2] },
    "recipe.b": { logUniform: [1, 2] },
    "recipe.c": { integer: [-5, 5] },
    "recipe.d": { choice: [{}, 1] },
  },
  runs: [
    { device: "cpu", backend: "reference" },
    { threads: null, recipe: "d2l", data: "synthetic" },
  ],
};

const VALUES: readonly unknown[] = [
  ...[null, true, "", "x", "f32", "cpu", 0, 1, 2, -1, 0.5, 1.5, 2 ** 53, 1e300, 10_001],
  ...[[], [1], [0], [1, 2], [2, 1], [0, 1], ["x"], [null], [1, 2, 3], [0.5, 1]],
  ...[
    {},
    { choice: [1] },
    { choice: ["x"] },
    { integer: [1, 2] },
    { uniform: [0, 1] },
    { seed: [1], uniform: [0, 1] },
  ],
];
/** Names that a setting might be given and does not have. */
const NAMES = [
  "unknown",
  "recipe",
  "recipe.",
  "recipe.seed",
  "recipe.format.x",
  "recipe.a b",
  "recipe.x.y",
  "constructor",
];

/** Copies of a JSON value in which one place is removed, replaced or given a field of another name. */
function* changedCopies(value: unknown): Generator<unknown> {
  yield* VALUES;
  if (typeof value !== "object" || value === null) return;
  const rebuilt = (entries: readonly (readonly [string, unknown])[]): unknown =>
    Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
  const entries = Object.entries(value);
  if (!Array.isArray(value))
    for (const name of NAMES) for (const added of VALUES) yield { ...value, [name]: added };
  for (const [index, [key, inner]] of entries.entries()) {
    yield rebuilt(entries.toSpliced(index, 1));
    for (const changed of changedCopies(inner)) yield rebuilt(entries.with(index, [key, changed]));
  }
}

function refusalOf(json: unknown): string | undefined {
  try {
    parseStudy(json);
  } catch (error) {
    return (error as Error).message;
  }
  return undefined;
}

it("the schema accepts and refuses what the parser does", () => {
  const disagreements: string[] = [];
  const counts = { accepted: 0, refused: 0 };
  for (const json of [everything, ...changedCopies(everything)]) {
    const refusal = refusalOf(json);
    counts[refusal === undefined ? "accepted" : "refused"] += 1;
    const expected = refusal === undefined || BEYOND_SCHEMAS.some((pattern) => pattern.test(refusal));
    if (validate(json) !== expected) disagreements.push(`${refusal ?? "accepted"}: ${JSON.stringify(json)}`);
  }
  expect(disagreements.slice(0, 20)).toEqual([]);
  expect(counts.accepted).toBeGreaterThan(300);
  expect(counts.refused).toBeGreaterThan(3000);
});

it("the schema explains every field to an editor", () => {
  const silent: string[] = [];
  const visit = (part: Schema, path: string): void => {
    for (const [key, field] of Object.entries({ ...part.properties, ...part.patternProperties })) {
      if (field.description === undefined && field.const === undefined) silent.push(`${path}.${key}`);
      visit(field, `${path}.${key}`);
    }
    for (const [index, alternative] of (part.oneOf ?? []).entries()) visit(alternative, `${path}[${index}]`);
    for (const [key, definition] of Object.entries(part.definitions ?? {})) visit(definition, key);
  };
  visit(schema, "study");
  expect(silent).toEqual([]);
});
