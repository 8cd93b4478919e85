import { expect, it } from "vitest";
import { strayKernels } from "./stray-kernels.js";

const CPU = "CPUExecutionProvider";
const CUDA = "CUDAExecutionProvider";

it("reports what ran elsewhere, and whether it had a batch dimension", () => {
  const kernel = (operator: string, provider: string, dims: readonly number[]) => ({
    ...{ name: "net.0/x", operator, provider, dims },
  });
  const kernels = [
    kernel("MatMul", CUDA, [17, 3]),
    kernel("Pad", CPU, [4, 0]),
    kernel("Gather", CPU, [9]),
    kernel("Gather", CPU, [3, 34]),
  ];
  expect(strayKernels(kernels, CUDA, 17)).toEqual([
    { operator: `Pad on ${CPU}`, count: 1, hasBatch: false, example: "net.0/x" },
    { operator: `Gather on ${CPU}`, count: 2, hasBatch: true, example: "net.0/x" },
  ]);
});
