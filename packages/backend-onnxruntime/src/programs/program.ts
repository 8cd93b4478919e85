import type { GraphBuilder, Value } from "../graph/graph-builder.js";

/** A graph ready to be serialized, and what its runner has to know. */
export interface Program {
  readonly graph: GraphBuilder;
  /** Images in a micro-batch. */
  readonly images: number;
  /** Inputs that are parameters, in the shapes they have inside graphs. */
  readonly parameters: ReadonlyMap<string, Value>;
}
