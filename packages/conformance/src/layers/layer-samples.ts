import type { LayerKindName } from "@nin/spec";
import type { CaseParameter } from "../case/case.js";
import type { ImageShape } from "../networks/inputs.js";

/** A layer's JSON fields except `kind`; they are part of the case's id. */
export type LayerFields = Readonly<Record<string, CaseParameter>>;

/** One layer in a small network that shows what it computes, forward and backward. */
export interface LayerSample {
  /** What the sample is about: `stride-over-kernel`. */
  readonly name: string;
  readonly fields: LayerFields;
  /** The shape of the layer's input. */
  readonly input: ImageShape;
  /** Images in the batch; 2 by default. */
  readonly batch?: number;
  /** Whether a quick run includes it; false by default. */
  readonly quick?: boolean;
  /**
   * The layers before it: by default a pointwise convolution, whose gradients show the gradient of the layer's input.
   */
  readonly before?: readonly object[];
  /** The layers after it: by default a flatten and a linear layer, so that the gradients of any two scores differ. */
  readonly after?: readonly object[];
}

/** The samples of one layer kind: what a new kind adds to the suite. */
export interface LayerSamples {
  readonly kind: LayerKindName;
  readonly samples: readonly LayerSample[];
}
