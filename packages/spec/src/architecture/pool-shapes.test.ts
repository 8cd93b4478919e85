import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { architectureOf } from "../testing/architectures.js";
import { inferLayers } from "./shapes.js";

/** By tools/pytorch/pool_fixtures.py. Sizes along an axis of each extent; 0 where PyTorch refuses. */
const { extents, pools } = JSON.parse(
  readFileSync(new URL("../../fixtures/pytorch-pool-shapes.json", import.meta.url), "utf8"),
) as {
  readonly extents: readonly number[];
  readonly pools: readonly {
    readonly kernel: number;
    readonly stride: number;
    readonly padding: number;
    readonly floor: readonly number[];
    readonly ceil: readonly number[];
  }[];
};

const cases = pools.flatMap(({ kernel, stride, padding, floor, ceil }) =>
  extents.flatMap((extent, index) => [
    { kernel, stride, padding, ceilMode: false, extent, count: floor[index] },
    { kernel, stride, padding, ceilMode: true, extent, count: ceil[index] },
  ]),
);

test("every small pool has PyTorch's size, or is refused as PyTorch refuses it", () => {
  const wrong = cases.filter(({ count, ...pool }) => sizeOf(pool) !== count);
  expect(wrong).toEqual([]);
  const larger = cases.filter(({ kernel, extent, padding }) => kernel > extent + 2 * padding);
  expect(larger.some(({ ceilMode, count }) => ceilMode && count === 1)).toBe(true);
  expect(larger.some(({ ceilMode, count }) => ceilMode && count === 0)).toBe(true);
  expect(larger.every(({ ceilMode, count }) => ceilMode || count === 0)).toBe(true);
});

test("a refusal says by how much a kernel may be larger", () => {
  const pool = { kind: "maxPool2d", kernelSize: 5, stride: 2 };
  const sizes = (fields: object, extent: number) =>
    inferLayers(architectureOf([{ ...pool, ...fields }], [1, extent, extent]))[0]?.outputShape;
  expect(() => sizes({}, 4)).toThrow("layers[0].kernelSize: expected at most the padded input's 4, got 5");
  expect(sizes({ ceilMode: true }, 4)).toEqual([1, 1, 1]);
  expect(() => sizes({ ceilMode: true }, 3)).toThrow(
    "layers[0].kernelSize: expected at most 4: less than the stride of 2 beyond the padded input's 3 (ceilMode), got 5",
  );
});

/** Along the height; 0 where the pool is refused. */
function sizeOf({
  kernel,
  stride,
  padding,
  ceilMode,
  extent,
}: Omit<(typeof cases)[number], "count">): number | undefined {
  const fields = { kernelSize: [kernel, 1], stride: [stride, 1], padding: [padding, 0], ceilMode };
  try {
    const architecture = architectureOf([{ kind: "maxPool2d", ...fields }], [1, extent, 1]);
    return inferLayers(architecture)[0]?.outputShape[1];
  } catch {
    return 0;
  }
}
