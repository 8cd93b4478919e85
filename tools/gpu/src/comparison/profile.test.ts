import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { profiledKernels, strayKernels } from "./profile.js";

const event = (operator, provider, shape) => ({
  cat: "Node",
  name: `net.0/${operator}_1_kernel_time`,
  args: {
    op_name: operator,
    provider,
    input_type_shape: [{ float: shape }],
    output_type_shape: [{ float: [1] }],
  },
});
const CPU = "CPUExecutionProvider";
const CUDA = "CUDAExecutionProvider";

it("kernels are read from every profile of a folder, and nothing else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nin-profile-test-"));
  try {
    const other = { cat: "Session", name: "model_run" };
    await writeFile(join(folder, "a.json"), JSON.stringify([other, event("MatMul", CUDA, [34, 3])]));
    await writeFile(join(folder, "b.json"), JSON.stringify([event("Pad", CPU, [2])]));
    const { profiles, kernels } = await profiledKernels(folder);
    expect(profiles).toBe(2);
    expect(kernels).toEqual([
            { name: "net.0/MatMul_1", operator: "MatMul", provider: CUDA, dims: [34, 3, 1] },
            { name: "net.0/Pad_1", operator: "Pad", provider: CPU, dims: [2, 1] },
          ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it("what ran elsewhere is told, and whether it had a batch dimension", () => {
  const kernel = (operator, provider, dims) => ({ name: "net.0/x", operator, provider, dims });
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
