import { parseArchitecture, SpecError } from "@nin/spec";
import { describe, expect, test } from "vitest";
import type { CompileOptions, Device } from "../contract/backend.js";
import { DeviceUnavailableError, UnsupportedError } from "../contract/errors.js";
import { type CompileLimits, checkCompileOptions, chooseDevice } from "./compile-checks.js";

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
  imageFormat: { channels, height: 2, width: 2, preprocessing: { mean, std } },
});

test.each<CompileOptions>([
  {},
  { device: "gpu", precision: "f32", maxBatch: 1 },
  { device: "cpu", ...images(1) },
  { convolution: "exact" },
  images(3, [0, 0, 0], [1, 1, 1]),
])("takes %o", (options) => check(options));

test.each<[CompileOptions, string]>([
  [{ device: "tpu" }, "fast: device tpu is not supported; expected one of gpu, cpu"],
  [{ precision: "mixed" }, "fast: precision mixed is not supported; expected f32"],
  [{ convolution: "fast" }, "fast: convolution fast is not supported; expected exact"],
  [{ maxBatch: 0 }, "fast: maxBatch 0 is not supported; expected a positive integer"],
  [{ maxBatch: 1.5 }, "fast: maxBatch 1.5 is not supported; expected a positive integer"],
  ...[0, -1, 1.5, Number.NaN, 2 ** 53, Number.POSITIVE_INFINITY].map((threads): [CompileOptions, string] => [
    { threads },
    `fast: threads ${threads} is not supported; expected a positive integer`,
  ]),
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

test("takes as many threads as the machine can use, and no more", () => {
  const own: CompileLimits = { ...limits, mostThreads: 8 };
  check({ threads: 8 }, own);
  // By a backend that does not heed them.
  check({ threads: 9 });
  expect(() => check({ threads: 9 }, own)).toThrow(UnsupportedError);
  expect(() => check({ threads: 9 }, own)).toThrow(
    "fast: threads 9 is not supported; expected at most 8, four for each thread that can run at once on this machine",
  );
});

test("images of a network of one channel have one", () => {
  const { imageFormat: format } = images(3);
  const grey = { ...colour, input: { ...colour.input, channels: 1 } };
  expect(() => checkCompileOptions(grey, { imageFormat: format }, limits)).toThrow(
    "fast: images of 3 channels is not supported; expected 1",
  );
});

test("takes the precisions that a backend says it has, and no other", () => {
  const mixed: CompileLimits = { ...limits, devices: ["gpu"], precisions: ["f32", "mixed"] };
  check({ precision: "mixed" }, mixed);
  const unknown = { device: "cpu" };
  expect(() => check(unknown, mixed)).toThrow("device cpu is not supported; expected gpu");
  const only: CompileLimits = { ...limits, precisions: ["mixed"] };
  expect(() => check({}, only)).toThrow("precision f32 is not supported; expected mixed");
});

describe("chooseDevice", () => {
  const gpu: Device = { id: "gpu", name: "a GPU", available: false, reason: "no driver" };
  const cpu: Device = { id: "cpu", name: "a processor", available: true };

  test("takes the one that is wanted, else the first that can be used", () => {
    expect(chooseDevice("fast", [gpu, cpu], undefined)).toBe("cpu");
    expect(chooseDevice("fast", [{ ...gpu, available: true }, cpu], "cpu")).toBe("cpu");
  });

  test.each([
    [[gpu, cpu], "gpu", "fast: device gpu is not available: no driver"],
    [[gpu], undefined, "fast: device gpu is not available: gpu: no driver"],
  ])("says why there is none", (devices, wanted, message) => {
    const choose = () => chooseDevice("fast", devices, wanted);
    expect(choose).toThrow(DeviceUnavailableError);
    expect(choose).toThrow(message);
  });
});
