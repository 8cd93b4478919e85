import { disableTelemetry } from "@nin/backend-onnxruntime/node";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, it } from "vitest";
import { chainModel } from "./onnx-ceiling.js";
import { sampleRates } from "./sampling.js";

it("multiplies matrices in a row", async () => {
  const side = 300;
  await disableTelemetry();
  const session = await InferenceSession.create(chainModel("MatMul", [side, side]), { intraOpNumThreads: 1 });
  const filled = (value: number): Tensor =>
    new Tensor("float32", new Float32Array(side ** 2).fill(value), [side, side]);
  const { sum } = await session.run({ a: filled(1), b: filled(1 / side) });
  expect(Number(sum?.data[0])).toBeCloseTo(side ** 2, 0);
  await session.release();
});

it("takes the first size whose run is long enough, and its rates", async () => {
  const disposed: number[] = [];
  const { size, rates } = await sampleRates(
    [1, 5, 500],
    (ms) => ms,
    async (ms) => ({
      run: () => new Promise((resolve) => setTimeout(resolve, 10 * ms)),
      dispose: async () => {
        disposed.push(ms);
      },
    }),
  );
  expect(size).toBe(5);
  expect(disposed).toEqual([1, 5]);
  expect(rates.length).toBeGreaterThan(4);
  // 5 units in 50 ms.
  for (const rate of rates) expect(rate).toBeLessThanOrEqual(101);
});
