import type { GraphBuilder, Value } from "./graph-builder.js";
import { integers, reshape } from "./layout.js";
import { staticShape } from "./shape.js";

/** What a scan's body gives for one element of the scanned values. */
export interface ScanResults {
  /** Added up over all elements. */
  readonly sums: readonly Value[];
  /** Collected along a new first axis. */
  readonly stacked: readonly Value[];
}

type WriteBody = (body: GraphBuilder, elements: readonly Value[]) => ScanResults;

/**
 * Runs a body once for each element of the scanned values' first axis, whose extent may be known
 * only when the graph runs. For one element alone the body is written into the graph itself: no loop to
 * enter, and no sums to add to zero.
 */
export function scan(graph: GraphBuilder, scanned: readonly Value[], writeBody: WriteBody): ScanResults {
  if (scanned.every(({ shape }) => shape[0] === 1)) return writeOnce(graph, scanned, writeBody);
  const body = graph.subgraph();
  const elements = scanned.map(({ type, shape }) => body.placeholder(type, shape.slice(1)));
  const results = writeBody(body, elements);
  const carried = results.sums.map(({ type, shape }) => body.placeholder(type, shape));
  body.declareInputs([...carried, ...elements]);
  results.sums.forEach((partial, index) => {
    body.output(body.node("Add", [carried[index] ?? partial, partial], partial));
  });
  for (const value of results.stacked) body.output(value);

  const zeros = results.sums.map((sum) =>
    graph.node("ConstantOfShape", [integers(graph, staticShape(sum))], sum),
  );
  const [first] = scanned;
  const length = first?.shape[0] ?? 0;
  const outputs = graph.nodes(
    "Scan",
    [...zeros, ...scanned],
    [...results.sums, ...results.stacked.map(({ type, shape }) => ({ type, shape: [length, ...shape] }))],
    { body: { graph: body }, num_scan_inputs: { int: scanned.length } },
  );
  return { sums: outputs.slice(0, zeros.length), stacked: outputs.slice(zeros.length) };
}

function writeOnce(graph: GraphBuilder, scanned: readonly Value[], writeBody: WriteBody): ScanResults {
  const elements = scanned.map((value) => reshape(graph, value, staticShape(value).slice(1)));
  const { sums, stacked } = writeBody(graph, elements);
  return { sums, stacked: stacked.map((value) => reshape(graph, value, [1, ...staticShape(value)])) };
}
