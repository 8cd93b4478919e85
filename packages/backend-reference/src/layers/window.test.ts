import { expect, test } from "vitest";
import { windowCount, windowRange, windowsWithTap } from "./window.js";

const along = (kernel: number, stride: number, padding: number, ceilMode = false) => ({
  kernelSize: [kernel, 1] as const,
  stride: [stride, 1] as const,
  padding: [padding, 0] as const,
  ceilMode,
});

// PyTorch's own counts: torch.nn.functional.max_pool1d(torch.zeros(1, 1, n), k, s, p, ceil_mode=c).shape[2]
test.each([
  [5, along(5, 1, 0), 1],
  [6, along(5, 1, 0), 2],
  [6, along(3, 2, 0), 2],
  [6, along(3, 2, 0, true), 3],
  [7, along(3, 2, 0, true), 3],
  [5, along(2, 4, 0), 1],
  [6, along(2, 4, 0), 2],
  [5, along(2, 4, 0, true), 2],
  [4, along(2, 4, 0, true), 1],
  [4, along(2, 3, 1, true), 2],
  [5, along(2, 3, 1, true), 2],
  [3, along(3, 3, 1, true), 2],
  [2, along(3, 2, 0, true), 1],
  [2, along(3, 1, 0, true), 0],
  [1, along(4, 4, 0, true), 1],
  [1, along(4, 3, 0, true), 0],
  [2, along(5, 3, 1, true), 1],
  [2, along(5, 1, 1, true), 0],
])("%i elements and %o make %i windows", (extent, window, count) => {
  expect(windowCount(extent, window, 0)).toBe(count);
});

test("a tap's windows are those whose element lies inside the input", () => {
  for (const window of [along(3, 1, 1), along(4, 3, 2), along(2, 5, 0), along(5, 2, 4)]) {
    for (let extent = 5; extent <= 9; extent += 1) {
      const count = windowCount(extent, window, 0);
      for (let tap = 0; tap < window.kernelSize[0]; tap += 1) {
        const inside = Array.from({ length: count }, (_, index) => index).filter((index) => {
          const position = index * window.stride[0] - window.padding[0] + tap;
          return position >= 0 && position < extent;
        });
        const { start, end } = windowsWithTap(tap, extent, count, window, 0);
        expect(Array.from({ length: end - start }, (_, k) => start + k)).toEqual(inside);
      }
    }
  }
});

test("a window's range leaves padding out", () => {
  expect(windowRange(0, 5, along(3, 2, 1), 0)).toEqual({ start: 0, end: 2 });
  expect(windowRange(2, 5, along(3, 2, 1), 0)).toEqual({ start: 3, end: 5 });
});
