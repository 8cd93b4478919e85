import { InferenceSession, Tensor } from "onnxruntime-node";
import { expect, it } from "vitest";
import { onnxModel } from "./onnx-model.js";
import { sampleRates } from "./sampling.js";

it("writes a model that ONNX Runtime computes", async () => {
  const side = 300;
  const model = onnxModel({
    nodes: [
      { operator: "MatMul", inputs: ["a", "b"], output: "y" },
      { operator: "ReduceSum", inputs: ["y"], output: "sum" },
    ],
    inputs: { a: [side, side], b: [side, side] },
    output: { name: "sum", shape: [1, 1] },
  });
  const session = await InferenceSession.create(model, { intraOpNumThreads: 1 });
  const ones = new Tensor("float32", new Float32Array(side ** 2).fill(1), [side, side]);
  const { sum } = await session.run({ a: ones, b: ones });
  expect(sum?.data).toEqual(Float32Array.of(side ** 3));
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
