import assert from "node:assert/strict";
import { test } from "node:test";
import { heatsOf } from "./throughput.mjs";

const ours = { id: "webgpu", args: [] };
const eager = { id: "pytorch-eager", args: [] };
const compiled = { id: "pytorch-compile", args: ["--compile"] };

test("peers that compile wait for those that do not, and ours meets both", () => {
  assert.deepEqual(heatsOf([ours, eager, compiled]), [
    [ours, eager],
    [ours, compiled],
  ]);
  assert.deepEqual(heatsOf([ours, eager]), [[ours, eager]]);
  assert.deepEqual(heatsOf([ours, compiled]), [[ours, compiled]]);
});
