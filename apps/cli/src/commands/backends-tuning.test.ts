import { expect, it } from "vitest";
import { tuningLines } from "./backends.js";

it("shows each device's layers, what was chosen and every time", () => {
  const layers = [
    {
      device: "a GPU",
      precision: "f32",
      layer: "4 x 8x5x5 to 8x5x5",
      chosen: "b",
      times: { a: 12.34, b: 1.5, c: null },
    },
    { device: "a GPU", precision: "f32", layer: "4 x 8x9x9 to 8x9x9", chosen: "a", times: {} },
    { device: "a GPU", precision: "mixed", layer: "4 x 8x5x5 to 8x5x5", chosen: "a", times: { a: 1 } },
  ] as const;
  expect(tuningLines([{ backend: "webgpu", layers }])).toEqual([
    "webgpu: a GPU, f32",
    "layer               chosen  time (ms, forward and backward)",
    "------------------  ------  ---------------------------------------------",
    "4 x 8x5x5 to 8x5x5  b       a 12.3, b 1.50, c wrong",
    "4 x 8x9x9 to 8x9x9  a       not timed: the time budget for tuning ran out",
    "",
    "webgpu: a GPU, mixed",
    "layer               chosen  time (ms, forward and backward)",
    "------------------  ------  -------------------------------",
    "4 x 8x5x5 to 8x5x5  a       a 1.00",
    "",
  ]);
});

it("says so when there is nothing", () => {
  expect(tuningLines([])).toEqual([
    "No kernels have been tuned yet: a backend that tunes its kernels does so when training starts.",
  ]);
});
