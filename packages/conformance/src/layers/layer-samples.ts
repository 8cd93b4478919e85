import type { LayerKindName } from "@nin/spec";
import type { CaseParameter } from "../case/case.js";
import type { ImageShape } from "../networks/inputs.js";

/** A layer's JSON fields, `kind` aside; they stand in the case's id. */
export type LayerFields = Readonly<Record<string, CaseParameter>>;

/** One layer in a small network that shows what it computes, forward and backward. */
export interface LayerSample {
  /** What it is about: `stride-over-kernel`. */
  readonly name: string;
  readonly fields: LayerFields;
  /** What the layer is given. */
  readonly input: ImageShape;
  /** Images in the batch; 2 by default. */
  readonly batch?: number;
  /** Whether a quick run has it; false by default. */
  readonly quick?: boolean;
  /** What stands before it: by default a pointwise convolution, so that its input's gradient shows. */
  readonly before?: readonly object[];
  /** What follows it: by default a flatten and a linear layer, so that no two scores' gradients are alike. */
  readonly after?: readonly object[];
}

/** A layer kind's samples: what a new kind adds to the suite. */
export interface LayerSamples {
  readonly kind: LayerKindName;
  readonly samples: readonly LayerSample[];
}
