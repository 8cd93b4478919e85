import { optimizerSlots } from "@nin/backend";
import type { Architecture, Optimizer } from "@nin/spec";
import type { GraphBuilder, Value } from "../graph/graph-builder.js";
import { staticShape } from "../graph/shape.js";
import { type GradientOptions, writeGradients } from "./gradients.js";
import { required, writeUpdates } from "./grouped-update.js";
import { adamwRule, adamwScalars } from "./optimizer-adamw.js";
import { sgdRule, sgdScalars } from "./optimizer-sgd.js";
import type { Program } from "./program.js";

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

/**
 * A whole training step.
 *
 * Inputs: those of the gradients, the scalars, and the state `<slot>.<parameter>`. Outputs:
 * `loss`, and `next.<name>` for each parameter and state.
 */
export function trainProgram(
  architecture: Architecture,
  options: GradientOptions & { readonly optimizer: Optimizer },
): Program {
  const { graph, parameters, loss, gradients } = writeGradients(architecture, options);
  graph.output(loss, "loss");
  const rule = updateRule(options.optimizer);
  const slots = optimizerSlots(options.optimizer);
  const scalars = new Map(rule.scalars.map((name) => [name, graph.input(name, "float32", [])]));
  const updates = [...parameters.values()].map(([name, weight]) => ({
    name,
    weight,
    gradient: required(gradients, name),
    states: new Map(
      slots.map((slot) => [slot, graph.input(`${slot}.${name}`, "float32", staticShape(weight))]),
    ),
  }));
  for (const next of writeUpdates(graph, rule, updates, (name) => required(scalars, name))) {
    graph.output(next.weight, `next.${next.name}`);
    for (const [slot, value] of Object.entries(next.states)) graph.output(value, `next.${slot}.${next.name}`);
  }
  return { graph, images: options.images, parameters: parameters.values() };
}
