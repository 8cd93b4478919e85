import { at } from "@nin/spec";
import type { GraphBuilder, Value } from "./graph-builder.js";
import { integers, reshape, staticShape } from "./layout.js";

/** What a scan's body produces for one element of the scanned values. */
export interface ScanResults {
  /** Added up over all elements. */
  readonly sums: readonly Value[];
  /** Collected along a new first axis. */
  readonly stacked: readonly Value[];
}

type WriteBody = (body: GraphBuilder, elements: readonly Value[]) => ScanResults;

/**
 * Runs a body once for each element of the scanned values' first axis, whose extent may be known only when the graph
 * runs. Where that extent is 1, the body is written into the graph itself: there is no loop, and nothing is added
 * to zero.
 */
export function scan(graph: GraphBuilder, scanned: readonly Value[], writeBody: WriteBody): ScanResults {
  if (scanned.every(({ shape }) => shape[0] === 1)) return writeOnce(graph, scanned, writeBody);
  const body = graph.subgraph();
  const elements = scanned.map(({ type, shape }) => body.placeholder(type, shape.slice(1)));
  const { sums, stacked } = writeBody(body, elements);
  const carried = sums.map(({ type, shape }) => body.placeholder(type, shape));
  const zeros = sums.map((sum) => graph.node("ConstantOfShape", [integers(graph, staticShape(sum))], sum));
  const nextStates = sums.map((partial, index) => body.node("Add", [at(carried, index), partial], partial));
  const results = scanStates(graph, {
    states: zeros,
    scanned,
    body: { graph: body, states: carried, elements, nextStates, stacked },
  });
  return { sums: results.states, stacked: results.stacked };
}

/** A scan with a body that has been written. */
export interface StateScan {
  /** Before the first element. */
  readonly states: readonly Value[];
  readonly scanned: readonly Value[];
  readonly body: {
    readonly graph: GraphBuilder;
    /** Placeholders of the states and of one element of each scanned value. */
    readonly states: readonly Value[];
    readonly elements: readonly Value[];
    /** What the body produces: the states after its element, and what is collected along a new first axis. */
    readonly nextStates: readonly Value[];
    readonly stacked: readonly Value[];
  };
}

/** Runs a body once for each element of the scanned values' first axis, each run starting from the previous one's states. */
export function scanStates(
  graph: GraphBuilder,
  { states, scanned, body }: StateScan,
): { readonly states: readonly Value[]; readonly stacked: readonly Value[] } {
  body.graph.declareInputs([...body.states, ...body.elements]);
  for (const value of [...body.nextStates, ...body.stacked]) body.graph.output(value);
  const length = at(at(scanned, 0).shape, 0);
  const outputs = graph.nodes(
    "Scan",
    [...states, ...scanned],
    [...states, ...body.stacked.map(({ type, shape }) => ({ type, shape: [length, ...shape] }))],
    { body: { graph: body.graph }, num_scan_inputs: { int: scanned.length } },
  );
  return { states: outputs.slice(0, states.length), stacked: outputs.slice(states.length) };
}

function writeOnce(graph: GraphBuilder, scanned: readonly Value[], writeBody: WriteBody): ScanResults {
  const elements = scanned.map((value) => reshape(graph, value, staticShape(value).slice(1)));
  const { sums, stacked } = writeBody(graph, elements);
  return { sums, stacked: stacked.map((value) => reshape(graph, value, [1, ...staticShape(value)])) };
}
