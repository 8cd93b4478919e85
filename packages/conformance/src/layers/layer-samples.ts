import type { Architecture, LayerKindName } from "@nin/spec";
import type { CaseParameter } from "../case-id.js";
import { architectureOf, type ImageShape } from "../drawing/architecture-of.js";

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

const CLASSES = 3;
const HEAD: readonly object[] = [{ kind: "flatten" }, { kind: "linear", outFeatures: CLASSES }];

/** The network around a sample. */
export function sampleArchitecture(kind: LayerKindName, sample: LayerSample): Architecture {
  const { fields, input, before = pointwise(input), after = HEAD } = sample;
  return architectureOf(input, [...before, { kind, ...fields }, ...after], `${kind}-${sample.name}`);
}

function pointwise([channels]: ImageShape): readonly object[] {
  return [{ kind: "conv2d", outChannels: channels, kernelSize: 1 }];
}
