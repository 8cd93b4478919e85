import { NinError } from "@nin/backend";
import { shownText } from "@nin/spec";

/** A layer as Keras describes it. */
export interface KerasLayer {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>> & { readonly name: string };
}

/** A weight's place in a model's binary file. */
export interface WeightEntry {
  /** `net.0.0/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
}

/** `model.json`: what `tf.loadLayersModel` reads. Source: TensorFlow.js's layers format, 2018 to 4.22. */
export interface LayersModelJson {
  readonly format: "layers-model";
  readonly generatedBy: string;
  readonly convertedBy: null;
  readonly modelTopology: {
    readonly class_name: "Sequential";
    readonly config: { readonly name: string; readonly layers: readonly KerasLayer[] };
    readonly keras_version: string;
    readonly backend: string;
  };
  /** What the model says of its network, as `modelMetadata` of `@nin/spec` writes it: `model.getUserDefinedMetadata()`. */
  readonly userDefinedMetadata?: Readonly<Record<string, string>>;
  readonly weightsManifest: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly WeightEntry[];
  }[];
}

/** A model as its two files. */
export interface LayersModel {
  readonly json: LayersModelJson;
  /** The weights one after another, float32, little-endian. */
  readonly weights: Uint8Array;
}

/** The name of the file of weights, in the same folder as `model.json`. */
export const WEIGHTS_FILE = "weights.bin";

/** A layers model that cannot be read: its `model.json`, or a file of weights. `code` is `NIN_LAYERS_MODEL`. */
export class LayersModelError extends NinError {
  constructor(
    /** The file, or what stands for it. */
    readonly source: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super("NIN_LAYERS_MODEL", `${shownText(source, 4096)}: ${problem}`, options);
  }
}
