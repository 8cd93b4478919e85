/**
 * loss = log(sum of exp(score - largest)) + largest - score of the label, and its gradient by the
 * scores over the number of images of the whole batch: (softmax - one hot) / batchImages, times
 * run.gradientScale.
 *
 * Layouts: scores and gradient [images, stride], the gradient with zeros past the last class; labels,
 * losses, predictions (the first of equal scores, NaN being the largest) [images].
 * One invocation: one image. Dispatch: (images / 64).
 */
export const softmaxCrossEntropyWgsl = /* wgsl */ `
struct Dims {
  classes: u32,
  stride: u32,
}
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> scores: array<f32>;
@group(0) @binding(3) var<storage, read> labels: array<u32>;
@group(0) @binding(4) var<storage, read_write> gradient: array<f32>;
@group(0) @binding(5) var<storage, read_write> losses: array<f32>;
@group(0) @binding(6) var<storage, read_write> predictions: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let image = id.x;
  if (image >= run.images) { return; }
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
    gradient[row + c] = divide(value, f32(run.batchImages)) * run.gradientScale;
  }
}
`;
