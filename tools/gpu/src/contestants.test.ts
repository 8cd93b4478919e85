import { expect, it } from "vitest";
import { contestantsOf } from "./contestants.js";

const options = {
  pytorchDevice: "cuda",
  precisions: ["f32", "mixed"],
  pytorch: ["eager", "compile-channels-last"],
};

it("webgpu meets every way of PyTorch in every arithmetic", () => {
  const contestants = contestantsOf({ ...options, backend: "webgpu", device: "gpu", tf32: ["off", "on"] });
  expect(contestants.map(({ id, group }) => `${id} ${group}`)).toEqual([
          "webgpu off",
          "webgpu-mixed mixed",
          "pytorch-eager off",
          "pytorch-compile-channels-last off",
          "pytorch-eager-tf32 on",
          "pytorch-compile-channels-last-tf32 on",
          "pytorch-eager-amp mixed",
          "pytorch-compile-channels-last-amp mixed",
        ]);
  const { args } = contestants.at(-1);
  expect(args).toEqual(["--device", "cuda", "--compile", "--channels-last", "--amp", "--tf32"]);
});

it("onnxruntime's processes are told of TF32 by their environment, PyTorch's are not", () => {
  const contestants = contestantsOf({
    ...options,
    backend: "onnxruntime",
    device: "cuda",
    tf32: ["off", "on"],
  });
  expect(contestants.map(({ id, env }) => [id, env.NVIDIA_TF32_OVERRIDE])).toEqual([
          ["onnxruntime", "0"],
          ["pytorch-channels-last", undefined],
          ["pytorch-default", undefined],
          ["onnxruntime-tf32", "1"],
          ["pytorch-channels-last-tf32", undefined],
          ["pytorch-default-tf32", undefined],
        ]);
});
