import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readProfiles } from "./profile.js";

const CPU = "CPUExecutionProvider";
const CUDA = "CUDAExecutionProvider";

const event = (operator: string, provider: string, shape: readonly number[], ts: number) => ({
  ...{ cat: "Node", name: `net.0/${operator}_1_kernel_time`, ts, dur: 1500 },
  args: {
    ...{ op_name: operator, provider },
    ...{ input_type_shape: [{ float: shape }], output_type_shape: [{ float: [1] }] },
  },
});

it("reads the kernels of every profile of a folder, and nothing else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nin-profile-test-"));
  try {
    const runs = [10, 30].map((ts) => ({ cat: "Session", name: "model_run", ts, dur: 9 }));
    await writeFile(join(folder, "a.json"), JSON.stringify([...runs, event("MatMul", CUDA, [34, 3], 35)]));
    await writeFile(join(folder, "b.json"), JSON.stringify([runs[0], event("Pad", CPU, [2], 12)]));
    const { profiles, kernels } = await readProfiles(folder);
    expect(profiles).toBe(2);
    const durationMs = 1.5;
    expect(kernels).toEqual([
      { name: "net.0/MatMul_1", operator: "MatMul", provider: CUDA, dims: [34, 3, 1], durationMs, run: 1 },
      { name: "net.0/Pad_1", operator: "Pad", provider: CPU, dims: [2, 1], durationMs, run: 0 },
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
