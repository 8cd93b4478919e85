import {
  type Backend,
  type Batch,
  type CompileOptions,
  checkCompileOptions,
  type Model,
  type ModelPolicy,
  ModelShell,
  type RealizedLayer,
} from "@nin/backend";
import type { Architecture } from "@nin/spec";
import { ReferenceEngine } from "./engine.js";
import type { Margin } from "./network/margin.js";
import { type ReferenceParts, referenceParts } from "./reference-parts.js";

const ID = "reference";
const DEVICE = {
  id: "cpu",
  name: "float64 JavaScript, one thread",
  available: true,
  hardware: { kind: "cpu", name: "the processor" },
} as const;
/** The loops of a layer would keep a Ctrl-C or a page waiting; nobody notices so short a time. Units: ms. */
const LONGEST_BUSY_MS = 10;

/** What a test may change about the reference: any part of its math, such as dropout's masks. */
export type ReferenceOptions = Partial<ReferenceParts>;

/** A model that also reports how far a batch is from a kink. */
export interface ReferenceModel extends Model {
  /**
   * The margin of a forward pass without dropout.
   *
   * @throws BatchError
   */
  margin(batch: Batch): Promise<Margin>;
}

/** The reference, whose models also report a batch's margin. */
export interface ReferenceBackend extends Backend {
  compile(architecture: Architecture, options?: CompileOptions): Promise<ReferenceModel>;
}

/**
 * The oracle: every layer in float64 and plain loops, on one thread. Slow, and right: what other
 * backends are compared with. `threads` changes nothing; `f32` is computed in float64 too.
 */
export function createReferenceBackend(options: ReferenceOptions = {}): ReferenceBackend {
  const parts = { ...referenceParts, ...options };
  return {
    id: ID,
    devices: async () => [DEVICE],
    // It computes with JavaScript itself.
    versions: async () => ({}),
    async compile(architecture, compileOptions = {}) {
      checkCompileOptions(architecture, compileOptions, { backend: ID, devices: [DEVICE.id] });
      const engine = new ReferenceEngine(architecture, compileOptions, parts);
      const policy = {
        backend: ID,
        architecture,
        options: compileOptions,
        longestBusyMs: LONGEST_BUSY_MS,
      };
      return ModelShell.over(engine, policy, (opened, layers) => new Float64Model(opened, policy, layers));
    },
  };
}

class Float64Model extends ModelShell implements ReferenceModel {
  readonly #engine: ReferenceEngine;

  constructor(engine: ReferenceEngine, policy: ModelPolicy, layers: readonly RealizedLayer[]) {
    super(engine, policy, layers);
    this.#engine = engine;
  }

  margin(batch: Batch): Promise<Margin> {
    return this.callWithBatch("measuring the margin", batch, (checked) => this.#engine.margin(checked));
  }
}
