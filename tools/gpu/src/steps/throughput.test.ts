import { expect, it } from "vitest";
import { heatsOf } from "./throughput.js";

const ours = { id: "webgpu", args: [] };
const eager = { id: "pytorch-eager", args: [] };
const compiled = { id: "pytorch-compile", args: ["--compile"] };

it("peers that compile wait for those that do not, and ours meets both", () => {
  expect(heatsOf([ours, eager, compiled])).toEqual([
        [ours, eager],
        [ours, compiled],
      ]);
  expect(heatsOf([ours, eager])).toEqual([[ours, eager]]);
  expect(heatsOf([ours, compiled])).toEqual([[ours, compiled]]);
});
