import {
  type Architecture,
  builtinArchitecture,
  elementCount,
  type NamedTensors,
  namedParameters,
  type Shape,
} from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { check, checkEqual } from "../check/check.js";
import { checkSameTensors, checkShape } from "../check/tensors.js";
import { heParameters } from "../networks/inputs.js";
import { smallArchitecture } from "../networks/small.js";
import { subjects } from "../networks/subjects.js";

/** A quick run checks the kinds that have parameters. */
const WEIGHTED: readonly string[] = ["conv2d", "linear", "ninBlock", "network"];

/** Layer kinds and whole networks. */
export function parametersOfSubjects(): readonly ConformanceCase[] {
  return subjects().map(({ group, name, parameters, architecture, quick }) => ({
    id: caseId("parameters", group, name, parameters),
    plan: "parameters have the names and shapes of PyTorch's state dict, start as zeros, and are read as they were written",
    source: "design rule",
    quick: quick && WEIGHTED.includes(group),
    run: (context) => checkParameters(context, architecture),
  }));
}

/** The number of parameters of networks at full size, as published or counted by PyTorch. */
const PUBLISHED: readonly (readonly [model: string, parameters: number, quick: boolean])[] = [
  ["nin", 1_992_166, false],
  ["nin?head=linear", 1_994_676, false],
  ["nin-mnist", 349_674, true],
  ["nin-cifar10", 966_986, false],
];

/** Networks at full size. */
export function parametersOfPublished(): readonly ConformanceCase[] {
  return PUBLISHED.map(([model, parameters, quick]) => ({
    id: caseId("parameters", "published", model),
    plan: "the network at full size has the published number of parameters, both as reported by its layers and as read",
    source: "PyTorch's count",
    quick,
    run: async (context) => {
      const compiled = await context.compile(builtinArchitecture(model), { maxBatch: 1 });
      const shapes = compiled.layers.flatMap((layer) => [...layer.parameters.values()]);
      const realized = shapes.reduce((sum, shape) => sum + elementCount(shape), 0);
      check(realized === parameters, `realized parameters: expected ${parameters}, got ${realized}`);
      const read = [...(await compiled.readParameters()).values()];
      const count = read.reduce((sum, { data }) => sum + data.length, 0);
      check(count === parameters, `parameters read: expected ${parameters}, got ${count}`);
    },
  }));
}

/** Parameters are passed by value, in both directions. */
export function parametersAreCopies(): readonly ConformanceCase[] {
  return [
    {
      id: caseId("parameters", "copies", "written"),
      plan: "changing an array after it was passed to writeParameters does not change the model",
      source: "design rule",
      quick: true,
      run: changeWhatWasWritten,
    },
    {
      id: caseId("parameters", "copies", "read"),
      plan: "changing what readParameters returned does not change the model",
      source: "design rule",
      quick: true,
      run: changeWhatWasRead,
    },
    {
      id: caseId("parameters", "copies", "written-again"),
      plan: "a second write replaces every parameter, and does not change what was read before it",
      source: "design rule",
      quick: true,
      run: writeAgain,
    },
    {
      id: caseId("parameters", "copies", "float64"),
      plan: "float64 parameters are accepted, and rounded to the model's own precision",
      source: "design rule: the reference's checkpoints are F64, which others round to F32",
      quick: true,
      run: writeFloat64,
    },
  ];
}

async function changeWhatWasWritten(context: CaseContext): Promise<void> {
  const model = await context.compile(smallArchitecture);
  const given = heParameters(smallArchitecture, 1);
  await model.writeParameters(given);
  for (const { data } of given.values()) data.fill(9);
  checkSameTensors(await model.readParameters(), heParameters(smallArchitecture, 1), "parameters");
}

async function changeWhatWasRead(context: CaseContext): Promise<void> {
  const model = await context.compile(smallArchitecture);
  await model.writeParameters(heParameters(smallArchitecture, 1));
  for (const { data } of (await model.readParameters()).values()) data.fill(9);
  checkSameTensors(await model.readParameters(), heParameters(smallArchitecture, 1), "parameters");
}

async function writeAgain(context: CaseContext): Promise<void> {
  const model = await context.compile(smallArchitecture);
  await model.writeParameters(heParameters(smallArchitecture, 1));
  const first = await model.readParameters();
  await model.writeParameters(heParameters(smallArchitecture, 2));
  const second = await model.readParameters();
  checkSameTensors(second, heParameters(smallArchitecture, 2), "parameters after a second write");
  checkSameTensors(first, heParameters(smallArchitecture, 1), "parameters read before it");
}

async function writeFloat64(context: CaseContext): Promise<void> {
  const model = await context.compile(smallArchitecture);
  const wide: NamedTensors = new Map(
    [...heParameters(smallArchitecture, 1)].map(([name, { shape, data }]) => [
      name,
      { shape, data: Float64Array.from(data, (value) => value * (1 + 2 ** -40)) },
    ]),
  );
  await model.writeParameters(wide);
  const read = await model.readParameters();
  const expected = new Map(
    [...wide].map(([name, tensor]) => {
      const isNarrow = read.get(name)?.data instanceof Float32Array;
      return [name, isNarrow ? { ...tensor, data: Float32Array.from(tensor.data) } : tensor];
    }),
  );
  checkSameTensors(read, expected, "parameters");
}

/**
 * Fails unless a model's parameters have the names and shapes that follow from the architecture, and can be written and
 * read.
 */
export async function checkParameters(context: CaseContext, architecture: Architecture): Promise<void> {
  const model = await context.compile(architecture, { maxBatch: 2 });
  const expected = namedParameters(architecture).map(({ name, shape }) => [name, shape] as const);
  const realized = model.layers.flatMap((layer) => [...layer.parameters]);
  checkEqual(asEntries(realized), asEntries(expected), "parameters of the realized layers");
  const inner = model.layers.flatMap((layer) =>
    (layer.inner ?? [layer]).flatMap((part) => [...part.parameters]),
  );
  checkEqual(asEntries(inner), asEntries(expected), "parameters of the layers inside blocks");

  const initial = await model.readParameters();
  checkShapesOf(initial, expected, "readParameters after compile");
  for (const [name, { data }] of initial) {
    check(
      data.every((value) => value === 0),
      `${name} after compile: expected zeros, got ${data.find((value) => value !== 0)}`,
    );
  }
  const written = heParameters(architecture, context.seed + 1);
  await model.writeParameters(written);
  checkSameTensors(await model.readParameters(), written, "parameters read after they were written");
}

function checkShapesOf(
  actual: NamedTensors,
  expected: readonly (readonly [string, Shape])[],
  what: string,
): void {
  checkEqual(
    [...actual.keys()],
    expected.map(([name]) => name),
    `${what}: names, in network order`,
  );
  for (const [name, shape] of expected) checkShape(actual.get(name), shape, `${what}: ${name}`);
  const count = [...actual.values()].reduce((sum, { data }) => sum + data.length, 0);
  const total = expected.reduce((sum, [, shape]) => sum + elementCount(shape), 0);
  check(count === total, `${what}: expected ${total} scalars, got ${count}`);
}

function asEntries(parameters: readonly (readonly [string, Shape])[]): readonly string[] {
  return parameters.map(([name, shape]) => `${name} [${shape.join(", ")}]`);
}
