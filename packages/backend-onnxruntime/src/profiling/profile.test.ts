import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { readProfiles } from "./profile.js";

const CPU = "CPUExecutionProvider";
const CUDA = "CUDAExecutionProvider";

type Extents = readonly number[];

const event = (
  operator: string,
  provider: string,
  inputs: readonly Extents[],
  output: Extents,
  ts: number,
) => ({
  ...{ cat: "Node", name: `net.0/${operator}_1_kernel_time`, ts, dur: 1500 },
  args: {
    ...{ op_name: operator, provider },
    input_type_shape: inputs.map((float) => ({ float })),
    output_type_shape: [{ float: output }],
  },
});

it("reads the kernels of every profile of a folder, and nothing else", async () => {
  const folder = await mkdtemp(join(tmpdir(), "nin-profile-test-"));
  try {
    const runs = [10, 30].map((ts) => ({ cat: "Session", name: "model_run", ts, dur: 9 }));
    await writeFile(
      join(folder, "a.json"),
      JSON.stringify([
        ...runs,
        event(
          "MatMul",
          CUDA,
          [
            [34, 3],
            [3, 5],
          ],
          [34, 5],
          35,
        ),
      ]),
    );
    await writeFile(join(folder, "b.json"), JSON.stringify([runs[0], event("Pad", CPU, [[2]], [1], 12)]));
    const { profiles, kernels } = await readProfiles(folder);
    expect(profiles).toBe(2);
    const durationMs = 1.5;
    expect(kernels).toEqual([
      {
        ...{ name: "net.0/MatMul_1", operator: "MatMul", provider: CUDA, dims: [34, 3, 3, 5, 34, 5] },
        ...{ productFlop: 2 * 34 * 3 * 5, durationMs, run: 1 },
      },
      {
        name: "net.0/Pad_1",
        operator: "Pad",
        provider: CPU,
        dims: [2, 1],
        productFlop: 0,
        durationMs,
        run: 0,
      },
    ]);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it.each([
  [
    "MatMul",
    [
      [7, 2, 3],
      [7, 3, 5],
    ],
    [7, 2, 5],
    7 * 2 * 3 * 5,
  ],
  [
    "FusedMatMul",
    [
      [7, 3, 2],
      [7, 3, 5],
    ],
    [7, 2, 5],
    7 * 2 * 3 * 5,
  ],
  [
    "MatMul",
    [
      [2, 3],
      [7, 3, 5],
    ],
    [7, 2, 5],
    7 * 2 * 3 * 5,
  ],
] as const)("counts what a %s of %j computes", async (operator, inputs, output, macs) => {
  const folder = await mkdtemp(join(tmpdir(), "nin-profile-test-"));
  try {
    await writeFile(join(folder, "a.json"), JSON.stringify([event(operator, CPU, inputs, output, 1)]));
    const { kernels } = await readProfiles(folder);
    expect(kernels.map(({ productFlop }) => productFlop)).toEqual([2 * macs]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
