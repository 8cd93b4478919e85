import { optimizerSlots } from "@nin/backend";
import type { Architecture, Optimizer } from "@nin/spec";
import { GraphBuilder, type Value } from "../graph/graph-builder.js";
import { scanStates } from "../graph/scan.js";
import { type GradientOptions, writeGradients } from "./gradients.js";
import { required, writeUpdates } from "./grouped-update.js";
import { adamwRule, adamwScalars } from "./optimizer-adamw.js";
import { sgdRule, sgdScalars } from "./optimizer-sgd.js";
import type { Program } from "./program.js";
import { type DeclareInput, inputOf } from "./program-context.js";

/** One parameter's update, as an optimizer sees it. */
export interface Update {
  readonly weight: Value;
  readonly gradient: Value;
  readonly state: (slot: string) => Value;
  readonly scalar: (name: string) => Value;
}

/** How an optimizer is written into a graph. */
export interface UpdateRule {
  /** Inputs that differ from step to step. */
  readonly scalars: readonly string[];
  update(
    graph: GraphBuilder,
    update: Update,
  ): { readonly weight: Value; readonly state: Readonly<Record<string, Value>> };
}

export function updateRule(optimizer: Optimizer): UpdateRule {
  return optimizer.kind === "sgd" ? sgdRule(optimizer) : adamwRule(optimizer);
}

/** The values of the rule's scalars at step `t` of the run, from 0. */
export function updateScalars(
  optimizer: Optimizer,
  learningRate: number,
  t: number,
): Readonly<Record<string, number>> {
  return optimizer.kind === "sgd" ? sgdScalars(learningRate) : adamwScalars(optimizer, learningRate, t);
}

/** What a training step is written from. */
export type TrainOptions = GradientOptions & { readonly optimizer: Optimizer };

/**
 * A whole training step.
 *
 * Inputs: those of the gradients, the scalars, and the state `<slot>.<parameter>`. Outputs:
 * `loss`, and `next.<name>` for each parameter and state.
 */
export function trainProgram(architecture: Architecture, options: TrainOptions): Program {
  const graph = new GraphBuilder(options.dialect);
  const { parameters, loss, next } = writeStep(graph, inputOf(graph), architecture, options);
  graph.output(loss, "loss");
  for (const [name, value] of next) graph.output(value, `next.${name}`);
  return { graph, images: options.images, parameters };
}

/**
 * Any number of training steps, one after the other: parameters and state stay on the device in between.
 *
 * Inputs: those of a step, all but parameters and state with a first axis `steps`. Outputs: `loss` [steps],
 * and `next.<name>` as after the last step.
 */
export function stepsProgram(architecture: Architecture, options: TrainOptions): Program {
  const graph = new GraphBuilder(options.dialect);
  const body = graph.subgraph();
  const fed = new Map<string, Value>();
  const declare: DeclareInput = (name, type, shape) => {
    const value = body.placeholder(type, shape);
    fed.set(name, value);
    return value;
  };
  const { parameters, loss, next } = writeStep(body, declare, architecture, options);
  const carried = [...next].map(([name, after]) => ({ name, before: required(fed, name), after }));
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
  for (const [index, value] of states.entries()) graph.output(value, `next.${carried[index]?.name}`);
  return { graph, images: options.images, parameters };
}

/** A step: what it is fed is declared. `next` has each parameter and state as after it. */
function writeStep(
  graph: GraphBuilder,
  declare: DeclareInput,
  architecture: Architecture,
  options: TrainOptions,
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
    gradient: required(gradients, name),
    states: new Map(slots.map((slot) => [slot, declare(`${slot}.${name}`, "float32", weight.shape)])),
  }));
  const next = writeUpdates(graph, rule, updates, (name) => required(scalars, name)).flatMap(
    ({ name, weight, states }): [string, Value][] => [
      [name, weight],
      ...Object.entries(states).map(([slot, value]): [string, Value] => [`${slot}.${name}`, value]),
    ],
  );
  return { parameters, loss, next: new Map(next) };
}
