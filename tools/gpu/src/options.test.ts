import { expect, it } from "vitest";
import { BACKENDS, gpuCommand, optionsOf } from "./options.js";

const optionsFor = (...args: readonly string[]) => {
  const command = gpuCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => {} });
  return optionsOf(command.parse(["--out", "r.json", ...args], { from: "user" }));
};

it("measures a GPU at the tutorial's size, and a software adapter at a small one", () => {
  const gpu = optionsFor("--backend", "webgpu");
  expect([gpu.device, gpu.model, gpu.batches, gpu.pytorchDevice]).toEqual(["gpu", "nin", [128], "cuda"]);
  expect([gpu.size, gpu.curveEpochs, gpu.curveImages]).toEqual(["full", 10, null]);
  const small = optionsFor("--backend", "webgpu", "--device", "lavapipe");
  expect([small.model, small.batches, small.pytorchDevice]).toEqual(["nin-mnist", [4], "cpu"]);
  expect([small.size, small.curveEpochs, small.curveImages]).toEqual(["small", 1, 64]);
});

it("takes onnxruntime on cuda unless another backend is named", () => {
  const { backend, device, batches, steps } = optionsFor();
  expect([backend, device, batches]).toEqual(["onnxruntime", "cuda", [128, 32]]);
  expect(steps).toEqual(BACKENDS.onnxruntime.steps);
});

it("keeps what is given", () => {
  const options = optionsFor(
    ...["--backend", "webgpu", "--device", "lavapipe", "--batches", "16,8", "--steps", "curve"],
  );
  expect([options.batches, options.steps]).toEqual([[16, 8], ["curve"]]);
});

it("refuses steps and devices of the other backend, and values that make no sense", () => {
  expect(() => optionsFor("--backend", "webgpu", "--steps", "tf32")).toThrow(/--steps: expected one of/);
  expect(() => optionsFor("--steps", "nothing")).toThrow(/expected some of/);
  expect(() => optionsFor("--device", "gpu")).toThrow(/--device: expected one of cuda, cpu, got gpu/);
  expect(() => optionsFor("--backend", "tfjs")).toThrow(/Allowed choices are onnxruntime, webgpu/);
  expect(() => optionsFor("--rounds", "0")).toThrow(/expected a positive integer, got 0/);
  expect(() =>
    gpuCommand()
      .exitOverride()
      .configureOutput({ writeErr: () => {} })
      .parse([], { from: "user" }),
  ).toThrow(/--out/);
});
