import { at, entry } from "@nin/spec";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { concat, product, reshape, split, staticShape } from "../graph/layout.js";
import { graphArithmetic, type UpdateRule } from "./optimizers.js";

/** A parameter with its gradient and optimizer state. */
export interface NamedUpdate {
  readonly name: string;
  readonly weight: Value;
  readonly gradient: Value;
  readonly states: ReadonlyMap<string, Value>;
}

/** A parameter and its optimizer state after an update. */
export interface Updated {
  readonly name: string;
  readonly weight: Value;
  readonly states: Readonly<Record<string, Value>>;
}

/**
 * A node on at most this many elements takes longer to start than to compute. Such parameters are concatenated and
 * updated together in groups; for larger ones the copies would not pay off.
 */
const SMALL_ELEMENTS = 16_384;

/** With the concatenation itself a node binds 8 storage buffers, as many as every WebGPU device allows. */
const GROUP_SIZE = 7;

/** Updates every parameter. Each element is computed as in a separate update of its parameter. */
export function writeUpdates(
  graph: GraphBuilder,
  rule: UpdateRule,
  parameters: readonly NamedUpdate[],
  scalar: (name: string) => Value,
): readonly Updated[] {
  const small = parameters.filter(({ weight }) => product(staticShape(weight)) <= SMALL_ELEMENTS);
  const large = parameters.filter((parameter) => !small.includes(parameter));
  return [
    ...groupsOf(small).flatMap((group) => updateTogether(graph, rule, group, scalar)),
    ...large.map((parameter) => updateOne(graph, rule, parameter, scalar)),
  ];
}

function groupsOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const starts = Array.from(
    { length: Math.ceil(items.length / GROUP_SIZE) },
    (_, group) => GROUP_SIZE * group,
  );
  return starts.map((start) => items.slice(start, start + GROUP_SIZE));
}

function updateOne(
  graph: GraphBuilder,
  rule: UpdateRule,
  { name, weight, gradient, states }: NamedUpdate,
  scalar: (name: string) => Value,
): Updated {
  const next = rule.update(graphArithmetic(graph), {
    weight,
    gradient,
    state: (slot) => entry(states, slot),
    scalar,
  });
  return { name, weight: next.weight, states: next.state };
}

function updateTogether(
  graph: GraphBuilder,
  rule: UpdateRule,
  parameters: readonly NamedUpdate[],
  scalar: (name: string) => Value,
): readonly Updated[] {
  if (parameters.length === 1) return [updateOne(graph, rule, at(parameters, 0), scalar)];
  const lengths = parameters.map(({ weight }) => product(staticShape(weight)));
  const joined = (of: (parameter: NamedUpdate) => Value): Value =>
    concat(
      graph,
      parameters.map((parameter, index) => reshape(graph, of(parameter), [at(lengths, index)])),
      0,
    );
  const next = rule.update(graphArithmetic(graph), {
    weight: joined(({ weight }) => weight),
    gradient: joined(({ gradient }) => gradient),
    state: (slot) => joined(({ states }) => entry(states, slot)),
    scalar,
  });
  const parts = (value: Value): readonly Value[] =>
    split(graph, value, lengths, 0).map((part, index) =>
      reshape(graph, part, staticShape(at(parameters, index).weight)),
    );
  const weights = parts(next.weight);
  const states = Object.entries(next.state).map(([slot, value]) => [slot, parts(value)] as const);
  return parameters.map(({ name }, index) => ({
    name,
    weight: at(weights, index),
    states: Object.fromEntries(states.map(([slot, values]) => [slot, at(values, index)])),
  }));
}
