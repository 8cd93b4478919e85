import { expect, it } from "vitest";
import { tuningLines } from "./backends.js";

it("shows each device's layers, what was chosen and every time", () => {
  const layers = [
    {
      device: "a card",
      precision: "f32",
      layer: "4 x 8x5x5 to 8x5x5",
      chosen: "b",
      times: { a: 12.34, b: 1.5, c: null },
    },
    { device: "a card", precision: "f32", layer: "4 x 8x9x9 to 8x9x9", chosen: "a", times: {} },
    { device: "a card", precision: "mixed", layer: "4 x 8x5x5 to 8x5x5", chosen: "a", times: { a: 1 } },
  ] as const;
  expect(tuningLines([{ backend: "webgpu", layers }])).toEqual([
    "webgpu: a card, f32",
    "layer               chosen  ms, forward and backward",
    "------------------  ------  --------------------------------------",
    "4 x 8x5x5 to 8x5x5  b       a 12.3, b 1.50, c wrong",
    "4 x 8x9x9 to 8x9x9  a       not timed: the search had no time left",
    "",
    "webgpu: a card, mixed",
    "layer               chosen  ms, forward and backward",
    "------------------  ------  ------------------------",
    "4 x 8x5x5 to 8x5x5  a       a 1.00",
    "",
  ]);
});

it("says so when there is nothing", () => {
  expect(tuningLines([])).toEqual([
    "Nothing was searched for yet: a backend that chooses among kernels does so when training begins.",
  ]);
});
