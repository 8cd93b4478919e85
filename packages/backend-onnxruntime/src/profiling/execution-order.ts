import { at } from "@nin/spec";
import type { GraphBuilder, GraphContent, NodeRecord, Value } from "../graph/graph-builder.js";

/**
 * The nodes and results of a graph as ONNX Runtime has them once it has computed what is constant, removed nodes that only
 * give a result its name or compute the same again, and joined reshapes of reshapes, which it appends. What else it rewrites takes as much memory
 * as before.
 */
export function optimized(graph: GraphBuilder): Pick<GraphContent, "nodes" | "outputs"> {
  return withJoinedReshapes(withoutRepetition(withoutRenaming(withoutZeros(graph.content()))));
}

/** Whether a node fills a tensor with zeros, which the runtime does once, when it compiles the graph. */
export function isFilling({ opType }: NodeRecord): boolean {
  return opType === "ConstantOfShape";
}

type Graph = Pick<GraphContent, "nodes" | "outputs">;

function withoutZeros({ nodes, outputs }: Graph): Graph {
  return { nodes: nodes.filter((node) => !isFilling(node)), outputs };
}

function withoutRenaming({ nodes, outputs }: Graph): Graph {
  const results = new Set(outputs.map(({ name }) => name));
  const computed = new Map(
    nodes.flatMap((node) => node.outputs.map((value) => [value.name, value] as const)),
  );
  const readers = readerCounts(nodes, []);
  const renamed = new Map(
    nodes.flatMap(({ opType, inputs, outputs: [result] }) => {
      const value = computed.get(at(inputs, 0));
      const isRenaming = opType === "Identity" && result !== undefined && results.has(result.name);
      const isOnlyReader = value !== undefined && readers.get(value.name) === 1 && !results.has(value.name);
      return isRenaming && isOnlyReader ? [[result.name, value] as const] : [];
    }),
  );
  return {
    nodes: nodes.filter((node) => !node.outputs.some(({ name }) => renamed.has(name))),
    outputs: outputs.map((output) => renamed.get(output.name) ?? output),
  };
}

/** Of nodes that compute the same from the same, the one that would run first. */
function withoutRepetition({ nodes, outputs }: Graph): Graph {
  const results = new Set(outputs.map(({ name }) => name));
  const first = new Map<string, NodeRecord>();
  const replaced = new Map<string, string>();
  const repeated = new Set<NodeRecord>();
  const inputsOf = (node: NodeRecord) => node.inputs.map((name) => replaced.get(name) ?? name);
  for (const node of executionOrder(nodes)) {
    const hasBody = Object.values(node.attributes).some((attribute) => "graph" in attribute);
    if (hasBody || node.outputs.some(({ name }) => results.has(name))) continue;
    const key = JSON.stringify([node.opType, node.domain, inputsOf(node), node.attributes]);
    const known = first.get(key);
    if (known === undefined) {
      first.set(key, node);
      continue;
    }
    repeated.add(node);
    node.outputs.forEach(({ name }, index) => {
      replaced.set(name, at(known.outputs, index).name);
    });
  }
  const kept = nodes.filter((node) => !repeated.has(node));
  return { nodes: kept.map((node) => ({ ...node, inputs: inputsOf(node) })), outputs };
}

/** Chains of reshapes that nobody else reads become one reshape each, behind all other nodes. */
function withJoinedReshapes({ nodes, outputs }: Graph): Graph {
  const readers = readerCounts(nodes, outputs);
  const reshapesOf = new Map(
    nodes.flatMap((node) => (node.opType === "Reshape" ? [[at(node.inputs, 0), node] as const] : [])),
  );
  const nextOf = (node: NodeRecord): NodeRecord | undefined => {
    const { name } = at(node.outputs, 0);
    return readers.get(name) === 1 ? reshapesOf.get(name) : undefined;
  };
  const joined = new Set<NodeRecord>();
  const chains: NodeRecord[] = [];
  for (const head of executionOrder(nodes)) {
    if (head.opType !== "Reshape" || joined.has(head) || nextOf(head) === undefined) continue;
    let last = head;
    for (let next = nextOf(head); next !== undefined; next = nextOf(next)) {
      joined.add(last).add(next);
      last = next;
    }
    chains.push({
      ...last,
      name: `${head.name}_new_reshape`,
      inputs: [at(head.inputs, 0), ...last.inputs.slice(1)],
    });
  }
  return { nodes: [...nodes.filter((node) => !joined.has(node)), ...chains], outputs };
}

/**
 * The order in which ONNX Runtime runs the nodes of a graph: by depth-first search from the nodes whose results no node
 * reads, the last one first, each node behind those that it reads, of which the last written is visited first. A node
 * therefore runs late: right before what needs it.
 *
 * Source: `GraphViewer` and `Graph::ReverseDFSFrom` of ONNX Runtime.
 */
export function executionOrder(nodes: readonly NodeRecord[]): readonly NodeRecord[] {
  const makers = new Map(
    nodes.flatMap((node, index) => node.outputs.map(({ name }) => [name, index] as const)),
  );
  const sources = nodes.map((node) => sourcesOf(node, makers));
  const isRead = new Set(sources.flat());
  const stack = nodes.flatMap((_node, index) => (isRead.has(index) ? [] : [{ index, isDone: false }]));
  const visited = new Set<number>();
  const order: NodeRecord[] = [];
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { index, isDone } = next;
    if (isDone) {
      order.push(at(nodes, index));
      continue;
    }
    if (visited.has(index)) continue;
    visited.add(index);
    stack.push({ index, isDone: true });
    for (const source of at(sources, index))
      if (!visited.has(source)) stack.push({ index: source, isDone: false });
  }
  return order;
}

/** The positions of the nodes that a node reads, its body included, in ascending order. */
function sourcesOf(node: NodeRecord, makers: ReadonlyMap<string, number>): readonly number[] {
  const inner = Object.values(node.attributes).flatMap((attribute) =>
    "graph" in attribute ? attribute.graph.content().nodes.flatMap((each) => sourcesOf(each, makers)) : [],
  );
  const own = node.inputs.flatMap((name) => makers.get(name) ?? []);
  return [...new Set([...own, ...inner])].sort((a, b) => a - b);
}

/** The names that a node reads, with those that its body reads from outside. */
export function namesRead(node: NodeRecord): readonly string[] {
  const bodies = Object.values(node.attributes).flatMap((attribute) =>
    "graph" in attribute ? [attribute.graph] : [],
  );
  return [...node.inputs, ...bodies.flatMap((body) => [...outerNames(body)])];
}

function outerNames(body: GraphBuilder): ReadonlySet<string> {
  const { nodes, inputs, constants } = body.content();
  const own = new Set(
    [...inputs, ...constants, ...nodes.flatMap((node) => node.outputs)].map(({ name }) => name),
  );
  return new Set(nodes.flatMap(namesRead).filter((name) => !own.has(name)));
}

/** How many nodes read each value; a result has one reader more. */
export function readerCounts(
  nodes: readonly NodeRecord[],
  outputs: readonly Value[],
): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of [...nodes.flatMap(namesRead), ...outputs.map((output) => output.name)]) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}
