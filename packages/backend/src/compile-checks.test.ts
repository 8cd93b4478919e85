import { parseArchitecture, SpecError } from "@nin/spec";
import { expect, test } from "vitest";
import type { CompileOptions } from "./backend.js";
import { type CompileLimits, checkCompileOptions } from "./compile-checks.js";
import { UnsupportedError } from "./errors.js";

const colour = parseArchitecture({
  format: "nin-architecture",
  version: 1,
  name: "colour",
  input: { channels: 3, height: 4, width: 4 },
  layers: [{ kind: "globalAvgPool2d" }],
});
const limits: CompileLimits = { backend: "fast", devices: ["gpu", "cpu"] };
const check = (options: CompileOptions, own = limits) => checkCompileOptions(colour, options, own);
const images = (channels: number, mean: number | readonly number[] = 0, std: typeof mean = 1) => ({
  images: { channels, height: 2, width: 2, preprocessing: { mean, std } },
});

test.each<CompileOptions>([
  {},
  { device: "gpu", precision: "f32", maxBatch: 1 },
  { device: "cpu", ...images(1) },
  images(3, [0, 0, 0], [1, 1, 1]),
])("takes %o", (options) => check(options));

test.each<[CompileOptions, string]>([
  [{ device: "tpu" }, "fast: device tpu is not supported; expected one of gpu, cpu"],
  [{ precision: "mixed" }, "fast: precision mixed is not supported; expected f32"],
  [{ maxBatch: 0 }, "fast: maxBatch 0 is not supported; expected a positive integer"],
  [{ maxBatch: 1.5 }, "fast: maxBatch 1.5 is not supported; expected a positive integer"],
  [images(2), "fast: images of 2 channels is not supported; expected 1 or 3"],
])("refuses %o", (options, message) => {
  expect(() => check(options)).toThrow(UnsupportedError);
  expect(() => check(options)).toThrow(message);
});

test.each([
  ["mean", images(3, [0, 0])],
  ["std", images(1, 0, [1, 1])],
])("refuses a %s of another number of channels", (name, options) => {
  expect(() => check(options)).toThrow(SpecError);
  expect(() => check(options)).toThrow(`preprocessing.${name}`);
});

test("takes the precisions that a backend says it has, and no other", () => {
  const mixed: CompileLimits = { ...limits, devices: ["gpu"], precisions: ["f32", "mixed"] };
  check({ precision: "mixed" }, mixed);
  const unknown = { device: "cpu" };
  expect(() => check(unknown, mixed)).toThrow("device cpu is not supported; expected gpu");
  const only: CompileLimits = { ...limits, precisions: ["mixed"] };
  expect(() => check({}, only)).toThrow("precision f32 is not supported; expected mixed");
});
