import { DeviceUnavailableError } from "@nin/backend";
import type { Size2d } from "@nin/spec";
import { lacking } from "@nin/test-support";
import { expect, test } from "vitest";
import { openTensorFlow } from "../../devices/tensorflow.js";
import type { TensorFlow } from "../../runtime/tensorflow.js";
import { placeWindow } from "../window.js";
import { maxPoolWithPositions, oneDnnMaxPool } from "./max-pool.js";
import { NativeExecutor } from "./native-executor.js";

/** Of values that are all different, of few values and of one: the more of them are equal, the more decides which was first. */
const VALUES: ReadonlyArray<[string, (index: number) => number]> = [
  ["different", (index) => Math.sin(index)],
  ["few", (index) => (index * 7) % 3],
  ["equal", () => 1],
];
const WINDOWS: ReadonlyArray<[kernelSize: Size2d, stride: Size2d, padding: Size2d]> = [
  [
    [3, 3],
    [2, 2],
    [0, 0],
  ],
  [
    [3, 3],
    [1, 1],
    [1, 1],
  ],
  [
    [2, 3],
    [3, 1],
    [0, 0],
  ],
  [
    [5, 1],
    [2, 2],
    [2, 0],
  ],
];
const CASES = VALUES.flatMap(([name, value]) => WINDOWS.map((window) => ({ name, value, window })));

// Where oneDNN's kernels are there, no network computes with TensorFlow's own ones.
test.for(CASES)(
  "both kinds of max pools agree: $window, $name values",
  async ({ value, window }, { skip }) => {
    const tf = await nativeTensorFlow();
    if (typeof tf === "string") return lacking("tfjs:tensorflow", tf, skip);
    const executor = new NativeExecutor(tf);
    const [kernelSize, stride, padding] = window;
    const placed = placeWindow({ kernelSize, stride, padding }, [9, 8]);
    const [own, oneDnn] = [maxPoolWithPositions(executor), oneDnnMaxPool(executor, "float32")].map(
      (pools) => {
        const image = tf.tensor4d(
          Array.from({ length: 2 * 9 * 8 * 5 }, (_, index) => value(index)),
          [2, 9, 8, 5],
        );
        const { output, saved } = pools.maxPool(image, placed);
        const gradient = tf.tensor(
          Array.from({ length: output.size }, (_, index) => index + 1),
          output.shape,
        );
        return [output, pools.maxPoolGradient(gradient, saved, placed)].map((result) => [
          ...result.dataSync(),
        ]);
      },
    );
    expect(oneDnn).toEqual(own);
  },
);

async function nativeTensorFlow(): Promise<TensorFlow | string> {
  try {
    return (await openTensorFlow({})).tf;
  } catch (error) {
    if (error instanceof DeviceUnavailableError) return error.message;
    throw error;
  }
}
