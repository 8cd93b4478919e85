import { type Architecture, elementCount, namedParameters, type Parameters, type Shape } from "@nin/spec";
import type { CaseContext } from "../../case.js";
import { check, checkEqual } from "../../check/check.js";
import { checkSameTensors, checkShape } from "../../check/tensors.js";
import { heParameters } from "../../drawing/random-batch.js";

/** Fails unless a model's parameters are those that follow from the architecture. */
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
      `${name} after compile: expected zeros, got ${data[0]}, ...`,
    );
  }
  const written = heParameters(architecture, context.seed + 1);
  await model.writeParameters(written);
  checkSameTensors(await model.readParameters(), written, "parameters read after they were written");
}

function checkShapesOf(
  actual: Parameters,
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
