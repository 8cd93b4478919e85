import { expect, test } from "vitest";
import {
  BatchError,
  DeviceLostError,
  DeviceUnavailableError,
  DisposedError,
  NinError,
  ParameterError,
  RuntimeError,
  SessionError,
  UnsupportedError,
} from "./errors.js";

const cause = new Error("out of memory");

test.each<[NinError, string, string]>([
  [
    new DeviceUnavailableError("onnxruntime", "cuda", "no driver"),
    "NIN_DEVICE_UNAVAILABLE",
    "onnxruntime: device cuda is not available: no driver",
  ],
  [
    new UnsupportedError("webgpu", "precision mixed", "f32"),
    "NIN_UNSUPPORTED",
    "webgpu: precision mixed is not supported; expected f32",
  ],
  [new BatchError("labels[0]", "0 to 9", "10"), "NIN_BATCH", "labels[0]: expected 0 to 9, got 10"],
  [
    new ParameterError("net.0.bias", "shape [2]", "[3]"),
    "NIN_PARAMETER",
    "parameter net.0.bias: expected shape [2], got [3]",
  ],
  [
    new SessionError("webgpu"),
    "NIN_SESSION",
    "webgpu: the model is already being trained; dispose of that session first",
  ],
  [new DisposedError("the model"), "NIN_DISPOSED", "the model was used after dispose()"],
  [new RuntimeError("webgpu", "a step", cause), "NIN_RUNTIME", "webgpu: a step failed: out of memory"],
])("%o says who, what and what to do, with a stable code", (error, code, message) => {
  expect(error).toBeInstanceOf(NinError);
  expect(error.code).toBe(code);
  expect(error.message).toBe(message);
  expect(error.name).toBe(error.constructor.name);
});

test("what a message repeats is printable and short", () => {
  const nasty = `\u001b[2J\n${"x".repeat(70_000)}`;
  const errors = [
    new DeviceUnavailableError("x", nasty, nasty),
    new UnsupportedError("x", nasty, "f32"),
    new BatchError(nasty, "a", nasty),
    new ParameterError(nasty, "a", nasty),
    new RuntimeError("x", "a step", nasty),
    new RuntimeError("x", "a step", new Error(nasty)),
    new DeviceLostError("x", nasty, nasty),
  ];
  for (const { message } of errors) expect(message).toMatch(/^[^\p{Cc}]{20,1600}$/u);
});

test("a runtime's failure keeps its cause, also one that is no error", () => {
  expect(new RuntimeError("webgpu", "a step", cause).cause).toBe(cause);
  expect(new RuntimeError("webgpu", "a step", "lost").message).toBe("webgpu: a step failed: lost");
});
