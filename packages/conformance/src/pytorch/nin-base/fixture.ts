import type { Shape } from "@nin/spec";
import { JsonReader } from "../json-reader.js";

/**
 * PyTorch's float64 results for the tutorial's network at 224x224, with weights that are easily generated in any
 * language.
 */
export interface NinBase {
  /** The first numbers of the generator for seed 2 and tensor 0. */
  readonly samples: readonly number[];
  /** The results without dropout. */
  readonly run: NinBaseRun;
  /** The results with the mask of `hashDropoutMask` in every step, including the one after the update. */
  readonly dropoutRun: NinBaseRun;
}

export interface NinBaseRun {
  /** The seed of the weights. */
  readonly seed: number;
  readonly labels: Uint8Array;
  /** The scores, [images x classes], row-major. */
  readonly logits: readonly number[];
  readonly loss: number;
  /** The outputs of each convolution after its ReLU, and of all other layers. */
  readonly outputs: readonly NamedStatistics[];
  /** The gradients of each convolution's weight and bias, in network order. */
  readonly gradients: readonly NamedStatistics[];
  readonly lossAfterStep: number;
}

/** What the fixture keeps of a tensor. */
export interface NamedStatistics {
  readonly name: string;
  readonly shape: Shape;
  readonly sum: number;
  readonly l1: number;
  readonly l2: number;
  readonly max: number;
  readonly min: number;
  readonly positions: readonly number[];
  readonly values: readonly number[];
}

/** The learning rate of the step before `lossAfterStep`. */
export const NIN_BASE_LEARNING_RATE = 0.05;

/**
 * Reads `nin-base.json`.
 *
 * @throws FixtureError that names the path
 */
export function parseNinBase(json: unknown): NinBase {
  const root = new JsonReader(json);
  return {
    samples: root.field("u01Samples").numbers(),
    run: readRun(root.field("withoutDropout")),
    dropoutRun: readRun(root.field("hashDropout")),
  };
}

function readRun(json: JsonReader): NinBaseRun {
  return {
    seed: json.field("seed").wholeNumber(0),
    labels: Uint8Array.from(json.field("labels").array(), (label) => label.wholeNumber(0)),
    logits: json
      .field("logits")
      .array()
      .flatMap((row) => row.numbers()),
    loss: json.field("loss").notNegative(),
    outputs: json
      .field("layer_outputs_post_relu")
      .array()
      .map((layer) => readStatistics(layer, layer.field("name").string())),
    gradients: json
      .field("grads")
      .array()
      .flatMap((layer) => {
        const name = layer.field("layer").string();
        return [
          readStatistics(layer.field("dW"), `${name} weight`),
          readStatistics(layer.field("db"), `${name} bias`),
        ];
      }),
    lossAfterStep: json.field(`loss_after_one_sgd_step_lr${NIN_BASE_LEARNING_RATE}`).notNegative(),
  };
}

function readStatistics(json: JsonReader, name: string): NamedStatistics {
  const positions = json
    .field("idx")
    .array()
    .map((position) => position.wholeNumber(0));
  const values = json.field("val").numbers();
  if (values.length !== positions.length)
    json.field("val").fail(`${positions.length} numbers, as many as idx`);
  return {
    name,
    shape: json
      .field("shape")
      .array()
      .map((extent) => extent.wholeNumber(1)),
    sum: json.field("sum").number(),
    l1: json.field("l1").notNegative(),
    l2: json.field("l2").notNegative(),
    max: json.field("max").number(),
    min: json.field("min").number(),
    positions,
    values,
  };
}

/** The format of the fixture's images. */
export const ninBaseImages = {
  channels: 1,
  height: 28,
  width: 28,
  preprocessing: { mean: 0, std: 1 },
} as const;

/**
 * Reads `nin-base-images.json`: bytes in NCHW order.
 *
 * @throws FixtureError that names the path
 */
export function parseNinBaseImages(json: unknown): Uint8Array {
  const root = new JsonReader(json);
  const { channels, height, width } = ninBaseImages;
  for (const [name, extent] of Object.entries({ channels, height, width })) root.field(name).oneOf(extent);
  const count = root.field("count").wholeNumber(1);
  const bytes = root.field("base64").parsed(decodeBase64);
  if (bytes.length === count * channels * height * width) return bytes;
  return root.field("base64").fail(`${count} images of ${channels * height * width} bytes`);
}

function decodeBase64(text: unknown): Uint8Array {
  return Uint8Array.from(atob(String(text)), (character) => character.charCodeAt(0));
}
