import { cast } from "../graph/arithmetic.js";
import type { Dimension, ElementType, GraphBuilder, Value } from "../graph/graph-builder.js";
import type { LayerContext } from "../layers/layer-program.js";

/** A graph ready to be serialized, and what is needed to run it. */
export interface Program {
  readonly graph: GraphBuilder;
  /** Inputs that are parameters, in the shapes they have inside graphs. */
  readonly parameters: ReadonlyMap<string, Value>;
}

/** A parameter's gradient for one micro-batch. */
export interface NamedGradient {
  readonly name: string;
  readonly value: Value;
}

/** Declares an input of a program: a value of its graph that every run is fed. */
export type DeclareInput = (name: string, type: ElementType, shape: readonly Dimension[]) => Value;

/** Declares inputs of the outermost graph. */
export function inputOf(graph: GraphBuilder): DeclareInput {
  return (name, type, shape) => graph.input(name, type, shape);
}

/** The parameters of a program, as layers declare them. */
export class ParameterInputs {
  readonly #values = new Map<string, Value>();

  constructor(private readonly declareInput: DeclareInput) {}

  declare(name: string, shape: readonly number[]): Value {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const value = this.declareInput(name, "float32", shape);
    this.#values.set(name, value);
    return value;
  }

  values(): ReadonlyMap<string, Value> {
    return this.#values;
  }
}

/** What the layers of one micro-batch are written into. */
export class MicroBatchContext implements LayerContext {
  /** Of the gradients, the one that was asked for last first. */
  readonly #writers: (() => NamedGradient)[] = [];

  /** @param masks dropout masks by layer; without them dropout is the identity */
  constructor(
    readonly prologue: GraphBuilder,
    readonly body: GraphBuilder,
    private readonly parameters: ParameterInputs,
    private readonly masks: ReadonlyMap<number, Value> = new Map(),
  ) {}

  parameter(name: string, shape: readonly number[]): Value {
    return this.parameters.declare(name, shape);
  }

  dropoutMask(layerIndex: number): Value | undefined {
    const mask = this.masks.get(layerIndex);
    return mask === undefined ? undefined : cast(this.body, mask, "float32");
  }

  gradient(name: string, write: () => Value): void {
    const { scope } = this.body;
    this.#writers.unshift(() => {
      this.body.scope = scope;
      return { name, value: write() };
    });
  }

  /**
   * Writes the parameters' gradients, those of the last layer last. Of what it does not need for something else, ONNX
   * Runtime computes first what was written last: a layer's gradients while the values that they come from are in the
   * processor's caches, and not after the whole backward pass, until which those would take memory.
   */
  writeGradients(): readonly NamedGradient[] {
    return this.#writers.map((write) => write());
  }
}
