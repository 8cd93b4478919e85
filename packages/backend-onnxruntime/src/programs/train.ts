import { optimizerSlots } from "@nin/backend";
import { type Architecture, at, entry, type Optimizer } from "@nin/spec";
import { GraphBuilder, type Value } from "../graph/graph-builder.js";
import { scanStates } from "../graph/scan.js";
import { type GradientOptions, writeGradients } from "./gradients.js";
import { writeUpdates } from "./grouped-update.js";
import { updateRule } from "./optimizers.js";
import type { Program } from "./program.js";
import { type DeclareInput, inputOf } from "./program.js";

export type TrainStepOptions = GradientOptions & { readonly optimizer: Optimizer };

/**
 * A whole training step.
 *
 * Inputs: those of the gradients, the optimizer's scalars, and its state `<slot>.<parameter>`. Outputs: `loss`, and
 * `next.<name>` for each parameter and state.
 */
export function trainProgram(architecture: Architecture, options: TrainStepOptions): Program {
  const graph = new GraphBuilder(options.dialect);
  const { parameters, loss, next } = writeStep(graph, inputOf(graph), architecture, options);
  graph.output(loss, "loss");
  for (const [name, value] of next) graph.output(value, `next.${name}`);
  return { graph, parameters };
}

/**
 * Any number of training steps in sequence: parameters and state stay on the device in between.
 *
 * Inputs: those of a step; all except parameters and state have an additional first axis `steps`. Outputs: `loss`
 * [steps], and `next.<name>` after the last step.
 */
export function stepsProgram(architecture: Architecture, options: TrainStepOptions): Program {
  const graph = new GraphBuilder(options.dialect);
  const body = graph.subgraph();
  const fed = new Map<string, Value>();
  const declare: DeclareInput = (name, type, shape) => {
    const value = body.placeholder(type, shape);
    fed.set(name, value);
    return value;
  };
  const { parameters, loss, next } = writeStep(body, declare, architecture, options);
  const carried = [...next].map(([name, after]) => ({ name, before: entry(fed, name), after }));
  const scanned = [...fed].filter(([name]) => !next.has(name));
  const { states, stacked } = scanStates(graph, {
    states: carried.map(({ name, before }) => graph.input(name, before.type, before.shape)),
    scanned: scanned.map(([name, { type, shape }]) => graph.input(name, type, ["steps", ...shape])),
    body: {
      graph: body,
      states: carried.map(({ before }) => before),
      elements: scanned.map(([, value]) => value),
      nextStates: carried.map(({ after }) => after),
      stacked: [loss],
    },
  });
  for (const value of stacked) graph.output(value, "loss");
  for (const [index, value] of states.entries()) graph.output(value, `next.${at(carried, index).name}`);
  return { graph, parameters };
}

/** Writes a step, declaring its inputs. `next` maps each parameter and state to its value after the step. */
function writeStep(
  graph: GraphBuilder,
  declare: DeclareInput,
  architecture: Architecture,
  options: TrainStepOptions,
): {
  readonly parameters: ReadonlyMap<string, Value>;
  readonly loss: Value;
  readonly next: ReadonlyMap<string, Value>;
} {
  const { parameters, loss, gradients } = writeGradients(graph, declare, architecture, options);
  const rule = updateRule(options.optimizer);
  const slots = optimizerSlots(options.optimizer);
  const scalars = new Map(rule.scalars.map((name) => [name, declare(name, "float32", [])]));
  const updates = [...parameters].map(([name, weight]) => ({
    name,
    weight,
    gradient: entry(gradients, name),
    states: new Map(slots.map((slot) => [slot, declare(`${slot}.${name}`, "float32", weight.shape)])),
  }));
  const next = writeUpdates(graph, rule, updates, (name) => entry(scalars, name)).flatMap(
    ({ name, weight, states }): [string, Value][] => [
      [name, weight],
      ...Object.entries(states).map(([slot, value]): [string, Value] => [`${slot}.${name}`, value]),
    ],
  );
  return { parameters, loss, next: new Map(next) };
}
