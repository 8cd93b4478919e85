import { namedParameters } from "../../../packages/spec/dist/index.js";

/**
 * Five times what PyTorch float32 shows beside float64 on this case, within 2e-5 and 1e-3: outputs
 * 6e-7; gradients of the last two blocks 6e-6; of the first two 2e-3, where a ReLU or a window of
 * a pool falls on the other side of its kink.
 */
const TOLERANCE = { forward: 2e-5, lateGradients: 3e-5, earlyGradients: 1e-3 };

/** A loss beside the fixture's. */
export function lossQuantity(name, actual, expected) {
  return { name, difference: Math.abs(actual - expected) / expected, tolerance: TOLERANCE.forward };
}

/** Scores beside the fixture's: the largest difference, over the largest score. */
export function scoresQuantity({ data }, { logits }) {
  const expected = logits.flat();
  const difference = Math.max(...expected.map((value, at) => Math.abs(data[at] - value)));
  return { name: "scores", difference: difference / Math.max(...expected), tolerance: TOLERANCE.forward };
}

/** Layers' outputs after their ReLUs, in order. */
export function outputQuantities(outputs, { layer_outputs_post_relu: expected }) {
  return [
    { name: "number of layers", difference: Math.abs(outputs.length - expected.length), tolerance: 0.5 },
    ...expected.map((statistics, at) =>
      statisticsQuantity(`output of ${statistics.name}`, outputs[at], statistics, TOLERANCE.forward),
    ),
  ];
}

/** Every parameter's gradient. */
export function gradientQuantities(architecture, gradients, { grads }, of) {
  const expected = grads.flatMap(({ dW, db }) => [dW, db]);
  return namedParameters(architecture).map(({ name }, at) => {
    const tolerance = /^net\.[47]/.test(name) ? TOLERANCE.lateGradients : TOLERANCE.earlyGradients;
    return statisticsQuantity(`${of} of ${name}`, gradients.get(name), expected[at], tolerance);
  });
}

/** A tensor beside the statistics that the fixture keeps of it: the furthest of them, each on its own scale. */
function statisticsQuantity(name, actual, expected, tolerance) {
  if (actual === undefined || actual.shape.join() !== expected.shape.join())
    return { name, difference: Number.NaN, tolerance };
  const { data } = actual;
  const largest = Math.max(Math.abs(expected.max), Math.abs(expected.min));
  const total = (each) => data.reduce((sum, value) => sum + each(value), 0);
  const differences = [
    (total((x) => x) - expected.sum) / expected.l1,
    (total(Math.abs) - expected.l1) / expected.l1,
    Math.sqrt(total((x) => x * x)) / expected.l2 - 1,
    (data.reduce((a, b) => Math.max(a, b)) - expected.max) / largest,
    (data.reduce((a, b) => Math.min(a, b)) - expected.min) / largest,
    ...expected.idx.map((index, at) => (data[index] - expected.val[at]) / largest),
  ];
  return { name, difference: Math.max(...differences.map(Math.abs)), tolerance };
}
