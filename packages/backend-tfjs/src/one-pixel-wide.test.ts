import { createReferenceBackend } from "@nin/backend-reference";
import { builtinRecipe, initialParameters, parseArchitecture } from "@nin/spec";
import { distance, lacking } from "@nin/test-support";
import { expect, test } from "vitest";
import { openTensorFlow } from "./devices/tensorflow.js";
import { createNodeTensorFlowBackend } from "./node.js";

/** Convolutions whose output is one pixel wide and whose stride is larger: TensorFlow's own are wrong. */
const CONVOLUTIONS = [
  { size: [7, 1], kernelSize: [3, 5], stride: [1, 4], padding: [1, 2], channels: 1 },
  { size: [3, 2], kernelSize: [5, 5], stride: [1, 3], padding: [2, 2], channels: 1 },
  { size: [9, 7], kernelSize: [3, 5], stride: [1, 3], padding: [1, 0], channels: 1 },
  { size: [8, 3], kernelSize: [5, 5], stride: [1, 4], padding: [2, 1], channels: 17 },
  { size: [1, 1], kernelSize: [1, 3], stride: [1, 2], padding: [0, 1], channels: 2 },
  { size: [5, 6], kernelSize: [1, 1], stride: [4, 6], padding: [0, 0], channels: 3 },
] as const;
const CASES = CONVOLUTIONS.flatMap((window) =>
  (["f32", "mixed"] as const).map((precision) => ({ precision, window })),
);
const COUNT = 4;

const backend = createNodeTensorFlowBackend();
const reference = createReferenceBackend();

test.for(CASES)("$window in $precision", async ({ precision, window }, { skip }) => {
  const { size, channels, ...convolution } = window;
  const [height, width] = size;
  const architecture = parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name: "one-pixel-wide",
    input: { channels, height, width },
    layers: [
      { kind: "conv2d", outChannels: 6, ...convolution },
      { kind: "globalAvgPool2d" },
      { kind: "flatten" },
    ],
  });
  const expected = await reference.compile(architecture);
  const actual = await backend
    .compile(architecture, { device: "tensorflow", precision, maxBatch: COUNT })
    .catch((error: unknown) => `${error}`);
  if (typeof actual === "string") return lacking("tfjs:tensorflow", actual, skip);

  const parameters = initialParameters(architecture, builtinRecipe("robust").init, 3);
  const data = Float32Array.from({ length: COUNT * channels * height * width }, (_, i) => Math.sin(i));
  const batch = {
    input: { shape: [COUNT, channels, height, width], data },
    labels: Uint8Array.of(0, 1, 2, 5),
  };
  await Promise.all([expected, actual].map((model) => model.writeParameters(parameters)));
  const right = await expected.gradients(batch);
  const scores = await expected.predict(batch);
  const tolerance = precision === "f32" ? 1e-5 : 2 ** -6;
  for (let again = 0; again < 5; again += 1) {
    await fillFreeMemory();
    expect(distance((await actual.predict(batch)).data, scores.data)).toBeLessThan(tolerance);
    await fillFreeMemory();
    const { gradients } = await actual.gradients(batch);
    for (const [name, gradient] of right.gradients) {
      expect(distance(gradients.get(name)?.data, gradient.data)).toBeLessThan(tolerance);
    }
  }
  await Promise.all([expected.dispose(), actual.dispose()]);
});

/** What TensorFlow gives out again as memory that nobody wrote is NaN afterwards. */
async function fillFreeMemory(): Promise<void> {
  const { tf } = await openTensorFlow({});
  const sizes = Array.from({ length: 14 }, (_, power) => 2 ** power);
  tf.dispose(sizes.map((size) => tf.fill([size], Number.NaN)));
}
