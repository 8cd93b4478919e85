import { uniformStruct } from "../../device/uniform-struct.js";
import type { Command, Operand } from "../../program/command.js";
import { divideWgsl, isNanWgsl } from "../arithmetic.wgsl.js";
import { command, flatWorkgroups, kernel } from "../kernel.js";

/**
 * e^x to a rounding or two, for x up to 0: 2^n * e^r with |r| at most ln(2)/2, e^r by its series.
 * WGSL's own exp may be wrong by 3 + 2|x| roundings, which the gradient of a sure prediction shows.
 *
 * Source: Cody, Waite, Software Manual for the Elementary Functions, 1980 (ln 2 in two parts).
 */
const exponentialWgsl = /* wgsl */ `
fn exponential(x: f32) -> f32 {
  // Below, 2^n is no normal number any more; a NaN stays one.
  if (x < -87f) { return 0f; }
  let n = round(x * 1.44269504f);
  let r = fma(n, 2.12194440e-4f, fma(n, -0.693359375f, x));
  var series = fma(r, 1.984126984e-4f, 1.388888889e-3f);
  series = fma(r, series, 8.333333333e-3f);
  series = fma(r, series, 4.166666667e-2f);
  series = fma(r, series, 1.666666667e-1f);
  series = fma(r, series, 0.5f);
  series = fma(r * r, series, r) + 1f;
  return bitcast<f32>(u32(i32(n) + 127) << 23u) * series;
}
`;

const softmaxDims = uniformStruct({
  classes: "u32",
  /** Floats of an image's scores. */
  stride: "u32",
});

/**
 * loss = log(sum of exp(score - largest)) + largest - score of the label, and its gradient by the
 * scores over the number of images of the whole batch: (softmax - one hot) / batchImages, times
 * uniforms.gradientScale.
 *
 * Layouts: scores and gradient [images, stride], the gradient with zeros past the last class; labels,
 * losses, predictions (the first of equal scores, NaN being the largest) [images].
 * One invocation: one image. Dispatch: (images / 64).
 */
const softmaxWgsl = /* wgsl */ `
@group(0) @binding(2) var<storage, read> scores: array<f32>;
@group(0) @binding(3) var<storage, read> labels: array<u32>;
@group(0) @binding(4) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(5) var<storage, read_write> losses: array<f32>;
@group(0) @binding(6) var<storage, read_write> predictions: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let image = id.x;
  if (image >= uniforms.imageCount) { return; }
  let row = image * dims.stride;
  var largest = scores[row];
  var prediction = 0u;
  for (var c = 1u; c < dims.classes; c++) {
    let score = scores[row + c];
    if (!isNan(largest) && (score > largest || isNan(score))) {
      largest = score;
      prediction = c;
    }
  }
  let label = labels[image];
  var others = 0f;
  for (var c = 0u; c < dims.classes; c++) {
    if (c != label) { others += exponential(scores[row + c] - largest); }
  }
  let sum = others + exponential(scores[row + label] - largest);
  losses[image] = log(sum) + (largest - scores[row + label]);
  predictions[image] = prediction;
  for (var c = 0u; c < dims.stride; c++) {
    var value = 0f;
    // Not the probability less 1: of a sure prediction that would leave nothing.
    if (c == label) { value = divide(-others, sum); }
    else if (c < dims.classes) { value = divide(exponential(scores[row + c] - largest), sum); }
    gradient[row + c] = divide(value, f32(uniforms.batchSize)) * uniforms.gradientScale;
  }
}
`;

const softmaxKernel = kernel({
  name: "softmax-cross-entropy",
  dims: softmaxDims,
  code: [divideWgsl, exponentialWgsl, isNanWgsl, softmaxWgsl],
});

/** The loss of each image, its gradient by the scores, and the predicted class. */
export function softmaxCrossEntropy(
  dims: { readonly classes: number; readonly stride: number },
  operands: {
    readonly scores: Operand;
    readonly labels: Operand;
    readonly gradient: Operand;
    readonly losses: Operand;
    readonly predictions: Operand;
  },
): Command {
  return command({
    kernel: softmaxKernel,
    dims,
    operands,
    workgroups: (imageCount) => flatWorkgroups(imageCount),
  });
}
