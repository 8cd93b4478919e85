import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { concat, reshape, split } from "../graph/layout.js";
import { product, staticShape } from "../graph/shape.js";
import type { Update, UpdateRule } from "./train.js";

/** A parameter with its gradient and the optimizer's state of it. */
export interface NamedUpdate {
  readonly name: string;
  readonly weight: Value;
  readonly gradient: Value;
  readonly states: ReadonlyMap<string, Value>;
}

/** What an optimizer makes of a parameter. */
export interface Updated {
  readonly name: string;
  readonly weight: Value;
  readonly states: Readonly<Record<string, Value>>;
}

/**
 * Below so many elements a node takes longer to start than to compute: such parameters are updated
 * together, some at a time, laid end to end. Larger ones would be copied for nothing.
 */
const SMALL_ELEMENTS = 16_384;

/** With one more for the whole, as many buffers as WebGPU lets every shader have. */
const GROUP = 7;

/** Every parameter's update, element by element the same as each on its own. */
export function writeUpdates(
  graph: GraphBuilder,
  rule: UpdateRule,
  parameters: readonly NamedUpdate[],
  scalar: Update["scalar"],
): readonly Updated[] {
  const small = parameters.filter(({ weight }) => product(staticShape(weight)) <= SMALL_ELEMENTS);
  const large = parameters.filter((parameter) => !small.includes(parameter));
  return [
    ...large.map((parameter) => updateOne(graph, rule, parameter, scalar)),
    ...groupsOf(small).flatMap((group) => updateTogether(graph, rule, group, scalar)),
  ];
}

function groupsOf<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const starts = Array.from({ length: Math.ceil(items.length / GROUP) }, (_, group) => GROUP * group);
  return starts.map((start) => items.slice(start, start + GROUP));
}

function updateOne(
  graph: GraphBuilder,
  rule: UpdateRule,
  { name, weight, gradient, states }: NamedUpdate,
  scalar: Update["scalar"],
): Updated {
  const next = rule.update(graph, { weight, gradient, state: (slot) => required(states, slot), scalar });
  return { name, weight: next.weight, states: next.state };
}

function updateTogether(
  graph: GraphBuilder,
  rule: UpdateRule,
  parameters: readonly NamedUpdate[],
  scalar: Update["scalar"],
): readonly Updated[] {
  const [first, ...others] = parameters;
  if (first !== undefined && others.length === 0) return [updateOne(graph, rule, first, scalar)];
  const lengths = parameters.map(({ weight }) => product(staticShape(weight)));
  const joined = (of: (parameter: NamedUpdate) => Value): Value =>
    concat(
      graph,
      parameters.map((parameter, index) => reshape(graph, of(parameter), [lengths[index] ?? 0])),
      0,
    );
  const next = rule.update(graph, {
    weight: joined(({ weight }) => weight),
    gradient: joined(({ gradient }) => gradient),
    state: (slot) => joined(({ states }) => required(states, slot)),
    scalar,
  });
  const parts = (value: Value): readonly Value[] =>
    split(graph, value, lengths, 0).map((part, index) =>
      reshape(graph, part, staticShape(parameters[index]?.weight ?? part)),
    );
  const weights = parts(next.weight);
  const states = Object.entries(next.state).map(([slot, value]) => [slot, parts(value)] as const);
  return parameters.map(({ name, weight }, index) => ({
    name,
    weight: weights[index] ?? weight,
    states: Object.fromEntries(states.map(([slot, values]) => [slot, values[index] ?? weight])),
  }));
}

/** Throws: where the graph lacks what its writer relies on. */
export function required(values: ReadonlyMap<string, Value>, name: string): Value {
  const value = values.get(name);
  if (value === undefined) throw new Error(`the graph has no ${name}`);
  return value;
}
