import { at, elementCount, entry, present } from "@nin/spec";
import type { GraphBuilder, NodeRecord, Value } from "../graph/graph-builder.js";
import type { Program } from "../programs/program.js";
import { Arena } from "./arena.js";
import { executionOrder, isFilling, namesRead, optimized, readerCounts } from "./execution-order.js";

/** The memory of a program's tensors, by formula. Units: bytes. */
export interface ProgramMemory {
  /** What a run is fed: parameters, optimizer state, images, targets, masks. */
  readonly fedBytes: number;
  /** What is stored in the program: index tables, matrices of transforms, padding. */
  readonly constantBytes: number;
  /** The zeros that sums start at, which the runtime has from compiling on. */
  readonly zeroBytes: number;
  /** What a run gives back. */
  readonly resultBytes: number;
  /** The most that is computed and still needed at a time, results included. */
  readonly computedBytes: number;
  /** The same by where it was computed: `forward`, `backward`, `loop` (sums of micro-batches), `update`. */
  readonly computedAtPeak: Readonly<Record<string, number>>;
  /** What the runtime's arena takes from the system for it, after some runs: no less, since it has gaps. */
  readonly arenaBytes: number;
}

/** What the open extents of a program are when it runs: `microBatches`, `steps`. */
export type OpenExtents = Readonly<Record<string, number>>;

/** Operators whose result is their first input in another shape. */
const VIEWS = new Set(["Reshape", "Identity"]);
/** Operators that write over an input which nobody else needs; sums and products of two tensors do not. */
const IN_PLACE = new Set(["Relu", "HardSigmoid", "LeakyRelu"]);
const ELEMENT_BYTES = { float32: 4, int32: 4, int64: 8, uint8: 1, bool: 1 } as const;
/** Runs after which the arena has found its size, and rounds of a loop. */
const RUNS = 3;
const ROUNDS = 3;

/**
 * Reckons with a program as ONNX Runtime's sequential executor allocates: nodes in its order, a tensor from the node
 * that computes it until the last one that reads it, views and results in place as its CPU kernels declare them.
 *
 * @param open - what the program's open extents will be
 * @param resultsGiven - whether whoever runs it provides the memory of its results
 */
export function programMemory({ graph }: Program, open: OpenExtents, resultsGiven = false): ProgramMemory {
  const { inputs, outputs } = graph.content();
  const bytesOf = (value: Value): number => sizeOf(value, open).bytes;
  const heap = new Heap();
  for (let run = 0; run < RUNS; run += 1) {
    for (const result of execute(graph, open, heap, resultsGiven)) heap.free(result);
  }
  return {
    fedBytes: sum(inputs.map(bytesOf)),
    constantBytes: constantBytes(graph),
    zeroBytes: zeroBytes(graph, open),
    resultBytes: sum(outputs.map(bytesOf)),
    computedBytes: sum(Object.values(heap.peak)),
    computedAtPeak: heap.peak,
    arenaBytes: heap.arenaBytes,
  };
}

/** Memory that one or more values have, at the same time or one after another. */
interface Block {
  readonly bytes: number;
  /** The size of an element and the extents: memory is used again for tensors of the same. */
  readonly extents: string;
  /** How many nodes still read it; results of the graph have one reader more. */
  readers: number;
  /** What it is used for. */
  part: string;
}

/** What is allocated at a time, and the arena that it is in. */
class Heap {
  readonly #arena = new Arena();
  readonly #live = new Map<Block, () => void>();
  #liveBytes = 0;
  #peakBytes = 0;
  #peak: Readonly<Record<string, number>> = {};

  /** The most that was live at a time, by part. */
  get peak(): Readonly<Record<string, number>> {
    return this.#peak;
  }

  get arenaBytes(): number {
    return this.#arena.touchedBytes;
  }

  allocate(block: Block): Block {
    this.#live.set(block, this.#arena.allocate(block.bytes));
    this.#liveBytes += block.bytes;
    if (this.#liveBytes > this.#peakBytes) {
      this.#peakBytes = this.#liveBytes;
      const parts: Record<string, number> = {};
      for (const { part, bytes } of this.#live.keys()) parts[part] = (parts[part] ?? 0) + bytes;
      this.#peak = parts;
    }
    return block;
  }

  /** Frees a block, unless it was not allocated here. */
  free(block: Block): void {
    const free = this.#live.get(block);
    if (free === undefined) return;
    free();
    this.#live.delete(block);
    this.#liveBytes -= block.bytes;
  }
}

/** Memory that is not the program's own, and so is never freed or used again. */
const NOTHING: Block = { bytes: 0, extents: "", readers: Number.POSITIVE_INFINITY, part: "" };

/** What a node does to the memory. */
interface PlannedNode {
  readonly node: NodeRecord;
  /** Blocks that it takes anew. */
  readonly allocated: Block[];
  /** Blocks that are not needed behind it, not even by another tensor. */
  readonly freed: Block[];
  readonly part: string;
  readonly written: readonly Block[];
}

/**
 * Runs a graph without computing.
 *
 * @param resultsGiven - whether whoever runs the graph provides the memory of its results
 * @returns the memory of its results
 */
function execute(
  graph: GraphBuilder,
  open: OpenExtents,
  heap: Heap,
  resultsGiven: boolean,
): readonly Block[] {
  const { nodes, results } = plan(graph, open);
  for (const { node, allocated, freed, part, written } of nodes) {
    for (const block of written) block.part = part;
    for (const block of allocated) if (!(resultsGiven && results.includes(block))) heap.allocate(block);
    if (node.opType === "Scan") executeScan(node, roundsOf(node, graph, open), open, heap);
    for (const block of freed) heap.free(block);
  }
  return results;
}

/**
 * Gives every tensor its memory, as the runtime does before it runs anything: that of an input where the operator allows
 * it, else what an earlier tensor of the same extents does not need any more, of several the latest, else its own. A
 * block that is used again later is not freed in between.
 */
function plan(
  graph: GraphBuilder,
  open: OpenExtents,
): { readonly nodes: readonly PlannedNode[]; readonly results: readonly Block[] } {
  const { nodes, outputs } = optimized(graph);
  const names = new Set(outputs.map(({ name }) => name));
  const order = executionOrder(nodes);
  const readers = readerCounts(order, outputs);
  const blocks = new Map<string, Block>();
  const unused: Block[] = [];
  const lastUse = new Map<Block, number>();
  const planned = order.map((node, position): PlannedNode => {
    const [allocated, part]: [Block[], string] = [[], partOf(node)];
    for (const output of node.outputs) {
      // Results have memory of their own.
      const isResult = names.has(output.name);
      const known = isResult ? undefined : (sharedBlock(node, blocks) ?? unusedBlock(unused, output, open));
      const block = known ?? { ...sizeOf(output, open), readers: 0, part };
      if (known === undefined) allocated.push(block);
      block.readers += readers.get(output.name) ?? 0;
      blocks.set(output.name, block);
    }
    const written = node.outputs.map(({ name }) => entry(blocks, name));
    const read = namesRead(node).flatMap((name) => blocks.get(name) ?? []);
    for (const block of read) block.readers -= 1;
    for (const block of new Set([...read, ...written])) {
      if (block.readers > 0) continue;
      unused.unshift(block);
      lastUse.set(block, position);
    }
    return { node, allocated, freed: [], part, written };
  });
  for (const [block, position] of lastUse) at(planned, position).freed.push(block);
  return { nodes: planned, results: outputs.map(({ name }) => entry(blocks, name)) };
}

/** The input's memory that a node's result has too; a view of what is fed or stored takes none here. */
function sharedBlock(node: NodeRecord, blocks: ReadonlyMap<string, Block>): Block | undefined {
  const input = blocks.get(at(node.inputs, 0));
  if (VIEWS.has(node.opType)) return input ?? { ...NOTHING };
  return IN_PLACE.has(node.opType) && input?.readers === 1 ? input : undefined;
}

function unusedBlock(unused: Block[], output: Value, open: OpenExtents): Block | undefined {
  const { extents } = sizeOf(output, open);
  const index = unused.findIndex((block) => block.extents === extents);
  return index < 0 ? undefined : unused.splice(index, 1)[0];
}

/**
 * What a `Scan` needs besides its results: its body, and two more of each state where there are enough rounds, which take
 * turns in being read and written. The last round writes into the results.
 */
function executeScan(node: NodeRecord, rounds: number, open: OpenExtents, heap: Heap): void {
  const { body, num_scan_inputs: scanned } = node.attributes;
  if (body === undefined || !("graph" in body)) throw new Error(`${node.name}: expected a body`);
  if (scanned === undefined || !("int" in scanned)) throw new Error(`${node.name}: expected num_scan_inputs`);
  const states = body.graph.content().outputs.slice(0, node.inputs.length - scanned.int);
  const copies = Math.min(2, Math.max(0, rounds - 1));
  const turns = states.flatMap((state) =>
    Array.from({ length: copies }, () => heap.allocate({ ...sizeOf(state, open), part: "loop", readers: 0 })),
  );
  for (let round = 0; round < Math.min(ROUNDS, rounds); round += 1) {
    execute(body.graph, open, heap, true);
  }
  for (const block of turns) heap.free(block);
}

/** The extent of the first axis of what a `Scan` scans, which is its last input. */
function roundsOf({ name, inputs }: NodeRecord, graph: GraphBuilder, open: OpenExtents): number {
  const { inputs: fed, nodes } = graph.content();
  const scanned = at(inputs, inputs.length - 1);
  const value = [...fed, ...nodes.flatMap((node) => node.outputs)].find((each) => each.name === scanned);
  return extentOf(at(present(value, `what ${name} scans`).shape, 0), open);
}

function partOf({ name, opType }: NodeRecord): string {
  if (opType === "Scan") return "loop";
  const scope = name.slice(0, name.lastIndexOf("/"));
  if (scope === "") return "update";
  return scope.endsWith("/backward") ? "backward" : "forward";
}

function constantBytes(graph: GraphBuilder): number {
  const { constants } = graph.content();
  return sum([...constants.map((value) => sizeOf(value, {}).bytes), ...bodiesOf(graph).map(constantBytes)]);
}

function zeroBytes(graph: GraphBuilder, open: OpenExtents): number {
  const filled = graph.content().nodes.flatMap((node) => (isFilling(node) ? node.outputs : []));
  const inner = bodiesOf(graph).map((body) => zeroBytes(body, open));
  return sum([...filled.map((value) => sizeOf(value, open).bytes), ...inner]);
}

function bodiesOf(graph: GraphBuilder): readonly GraphBuilder[] {
  return graph
    .content()
    .nodes.flatMap(({ attributes }) => Object.values(attributes))
    .flatMap((attribute) => ("graph" in attribute ? [attribute.graph] : []));
}

function sizeOf({ type, shape }: Value, open: OpenExtents): Pick<Block, "bytes" | "extents"> {
  const extents = shape.map((extent) => extentOf(extent, open));
  return {
    bytes: ELEMENT_BYTES[type] * elementCount(extents),
    extents: `${ELEMENT_BYTES[type]}[${extents.join()}]`,
  };
}

function extentOf(extent: number | string, open: OpenExtents): number {
  return typeof extent === "number" ? extent : present(open[extent], `the extent ${extent}`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
