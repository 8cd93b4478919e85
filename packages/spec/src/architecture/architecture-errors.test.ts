import { describe, expect, test } from "vitest";
import { SpecError } from "../reading/errors.js";
import { architectureJson } from "../testing/architectures.js";
import { parseArchitecture } from "./architecture.js";

const CONV = { kind: "conv2d", outChannels: 2, kernelSize: 3 };
const BLOCK = { kind: "ninBlock", outChannels: 2, kernelSize: 3 };
const POOL = { kind: "maxPool2d", kernelSize: 3, stride: 2 };
const LINEAR = { kind: "linear", outFeatures: 2 };
const FLATTEN = { kind: "flatten" };
const KINDS =
  '"ninBlock", "conv2d", "relu", "flatten", "globalAvgPool2d", "maxPool2d", "avgPool2d", "dropout", "linear"';
const SIZE = "a positive integer or [height, width]";
const PADDING = "a non-negative integer or [vertical, horizontal]";

function messageOf(json: unknown): string {
  try {
    parseArchitecture(json);
  } catch (error) {
    expect(error).toBeInstanceOf(SpecError);
    return (error as SpecError).message;
  }
  return "(no error)";
}

describe("the document", () => {
  test.each([
    [null, "(root): expected an object, got null"],
    [[], "(root): expected an object, got []"],
    ["nin", '(root): expected an object, got "nin"'],
    [{}, 'format: expected "nin-architecture", got nothing'],
    [
      { ...architectureJson([CONV]), format: "nin-recipe" },
      'format: expected "nin-architecture", got "nin-recipe"',
    ],
    [{ ...architectureJson([CONV]), version: 2 }, "version: expected 1, got 2"],
    [{ ...architectureJson([CONV]), version: "1" }, 'version: expected 1, got "1"'],
    [{ ...architectureJson([CONV]), name: "" }, 'name: expected a non-empty string, got ""'],
    [{ ...architectureJson([CONV]), input: [1, 8, 8] }, "input: expected an object, got [1,8,8]"],
    [
      { ...architectureJson([CONV]), input: { channels: 1, height: 8, width: 8, depth: 3 } },
      "input.depth: unknown field; expected one of channels, height, width",
    ],
    [
      { ...architectureJson([CONV]), notes: "mine" },
      "notes: unknown field; expected one of format, version, name, input, layers",
    ],
    [architectureJson({}), "layers: expected an array, got {}"],
    [architectureJson([]), "layers: expected at least one layer, got []"],
    [architectureJson([null]), "layers[0]: expected an object, got null"],
    [architectureJson([CONV], [0, 8, 8]), "input.channels: expected a positive integer, got 0"],
    [architectureJson([CONV], [1, -8, 8]), "input.height: expected a positive integer, got -8"],
    [architectureJson([CONV], [1, 8, 8.5]), "input.width: expected a positive integer, got 8.5"],
    [architectureJson([CONV], [1, 8, 2 ** 24 + 1]), "input.width: expected a positive integer, got 16777217"],
  ])("%j: %s", (json, message) => {
    expect(messageOf(json)).toBe(message);
  });
});

describe("a layer's fields", () => {
  test.each<[object, string]>([
    [{ kind: "softmax" }, `kind: expected one of ${KINDS}, got "softmax"`],
    [{ outChannels: 2 }, `kind: expected one of ${KINDS}, got nothing; other fields there are outChannels`],
    [
      { kind: "conv2d", outchannels: 2, kernelSize: 3 },
      'outChannels: expected a positive integer, got nothing; is "outchannels" a misspelling of it?',
    ],
    [
      { kind: "conv2d", channels: 2, kernelSize: 3 },
      'outChannels: expected a positive integer, got nothing; is "channels" a misspelling of it?',
    ],
    [
      { kind: "conv2d", features: 2, kernelSize: 3 },
      "outChannels: expected a positive integer, got nothing; other fields there are features, kernelSize",
    ],
    [
      { ...CONV, kernelSise: 3 },
      "kernelSise: unknown field; expected one of kind, outChannels, kernelSize, stride, padding, bias; did you mean kernelSize?",
    ],
    [{ kind: "relu", inplace: true }, "inplace: unknown field; expected one of kind"],
    [{ ...CONV, outChannels: 0 }, "outChannels: expected a positive integer, got 0"],
    [{ ...CONV, outChannels: 1.5 }, "outChannels: expected a positive integer, got 1.5"],
    [{ ...CONV, outChannels: "2" }, 'outChannels: expected a positive integer, got "2"'],
    [{ kind: "conv2d", outChannels: 2 }, `kernelSize: expected ${SIZE}, got nothing`],
    [{ ...CONV, kernelSize: -1 }, `kernelSize: expected ${SIZE}, got -1`],
    [{ ...CONV, kernelSize: [3] }, `kernelSize: expected ${SIZE}, got [3]`],
    [{ ...CONV, kernelSize: [3, 0] }, `kernelSize: expected ${SIZE}, got [3,0]`],
    [{ ...CONV, stride: 0 }, `stride: expected ${SIZE}, got 0`],
    [{ ...CONV, stride: null }, `stride: expected ${SIZE}, got null`],
    [{ ...CONV, padding: -1 }, `padding: expected ${PADDING}, got -1`],
    [{ ...CONV, padding: [0, 0.5] }, `padding: expected ${PADDING}, got [0,0.5]`],
    [{ ...CONV, padding: 2 ** 24 + 1 }, `padding: expected ${PADDING}, got 16777217`],
    [{ ...CONV, bias: 1 }, "bias: expected true or false, got 1"],
    [{ ...BLOCK, mlpChannels: 2 }, "mlpChannels: expected an array, got 2"],
    [{ ...BLOCK, mlpChannels: [2, 0] }, "mlpChannels[1]: expected a positive integer, got 0"],
    [{ ...BLOCK, mlpKernelSize: 2 }, "mlpKernelSize: expected an odd size, got 2"],
    [{ ...BLOCK, mlpKernelSize: [1, 4] }, "mlpKernelSize: expected an odd size, got [1,4]"],
    [{ kind: "maxPool2d", kernelSize: 3 }, `stride: expected ${SIZE}, got nothing`],
    [{ ...POOL, padding: 2 }, "padding: expected at most half the kernel, got 2"],
    [
      { ...POOL, kernelSize: [4, 1], padding: [2, 1] },
      "padding: expected at most half the kernel, got [2,1]",
    ],
    [{ ...POOL, kind: "avgPool2d", padding: 2 }, "padding: expected at most half the kernel, got 2"],
    [{ ...POOL, ceilMode: "yes" }, 'ceilMode: expected true or false, got "yes"'],
    [{ kind: "dropout" }, "rate: expected a number in [0, 1), got nothing"],
    [{ kind: "dropout", rate: 1 }, "rate: expected a number in [0, 1), got 1"],
    [{ kind: "dropout", rate: -0.1 }, "rate: expected a number in [0, 1), got -0.1"],
    [{ kind: "dropout", rate: Number.NaN }, "rate: expected a number in [0, 1), got NaN"],
    [{ kind: "linear", outFeatures: 2 ** 25 }, "outFeatures: expected a positive integer, got 33554432"],
  ])("%j: %s", (layer, message) => {
    expect(messageOf(architectureJson([{ kind: "relu" }, layer]))).toBe(`layers[1].${message}`);
  });
});

describe("layers that do not fit their input", () => {
  const images = "an input of shape [channels, height, width]";

  test.each<[string, readonly object[], string]>([
    [
      "kernel",
      [{ ...CONV, kernelSize: 9 }],
      "layers[0].kernelSize: expected at most the padded input's 8, got 9",
    ],
    [
      "kernel larger than the padded input",
      [{ ...BLOCK, kernelSize: [8, 11], padding: 1 }],
      "layers[0].kernelSize: expected at most the padded input's 10, got 11",
    ],
    ["pool", [POOL, POOL, POOL], "layers[2].kernelSize: expected at most the padded input's 1, got 3"],
    [
      "linear on an image",
      [LINEAR],
      "layers[0]: expected an input of shape [features] (flatten first), got [1,8,8]",
    ],
    ["convolution after flatten", [FLATTEN, CONV], `layers[1]: expected ${images}, got [64]`],
    ["block after flatten", [FLATTEN, BLOCK], `layers[1]: expected ${images}, got [64]`],
    ["pool after flatten", [FLATTEN, POOL], `layers[1]: expected ${images}, got [64]`],
    [
      "average after linear",
      [FLATTEN, LINEAR, { kind: "globalAvgPool2d" }],
      `layers[2]: expected ${images}, got [2]`,
    ],
  ])("%s", (_name, layers, message) => {
    expect(messageOf(architectureJson(layers))).toBe(message);
  });
});

describe("values from outside that are large, deep or circular", () => {
  let deep: unknown = {};
  for (let level = 0; level < 100_000; level += 1) deep = level % 2 === 0 ? [deep] : { deep };
  const circular: { layers?: unknown } = {};
  circular.layers = [circular];
  const hole: unknown[] = [];
  hole[2] = { kind: "relu" };
  const long = "\u001b[2J".repeat(20_000);
  const relus = (count: number) => Array.from({ length: count }, () => ({ kind: "relu" }));

  test.each<[string, unknown, string]>([
    ["deep", deep, "format: expected"],
    ["deep layers", architectureJson(deep), "layers: expected an array, got {"],
    ["a deep layer", architectureJson([deep]), "layers[0].kind: expected one of"],
    ["a deep size", architectureJson([{ ...CONV, kernelSize: deep }]), "layers[0].kernelSize: expected"],
    ["circular", circular, "format: expected"],
    ["a circular layer", architectureJson([circular]), "layers[0].kind: expected one of"],
    ["a circular size", architectureJson([{ ...CONV, stride: circular }]), "layers[0].stride: expected"],
    ["holes", architectureJson(hole), "layers[0]: expected an object, got nothing"],
    [
      "a sparse array",
      architectureJson(new Array(2 ** 32 - 1)),
      "layers: expected at most 100000 items, got 4294967295",
    ],
    [
      "a sparse block",
      architectureJson([{ ...BLOCK, mlpChannels: new Array(2 ** 31) }]),
      "expected at most 100000 items",
    ],
    ["many layers", architectureJson(relus(100_001)), "layers: expected at most 100000 items, got 100001"],
    [
      "many layers inside blocks",
      architectureJson(Array.from({ length: 17_000 }, () => ({ ...BLOCK, padding: 1 }))),
      "layers: expected at most 100000 layers, those inside blocks counted, got 102000",
    ],
    ["a long name", { ...architectureJson([CONV]), [long]: 1 }, "unknown field"],
    ["a long kind", architectureJson([{ kind: long }]), "layers[0].kind: expected one of"],
    ["a getter's name", architectureJson([{ kind: "constructor" }]), "layers[0].kind: expected one of"],
    ["a bigint", { ...architectureJson([CONV]), name: 1n }, "name: expected a non-empty string, got 1"],
    [
      "a symbol",
      { ...architectureJson([CONV]), name: Symbol("s") },
      "name: expected a non-empty string, got Symbol(s)",
    ],
  ])("%s: one printable line, quickly", (_name, json, message) => {
    const started = process.cpuUsage();
    const given = messageOf(json);
    expect(process.cpuUsage(started).user).toBeLessThan(2e6);
    expect(given).toContain(message);
    expect(given).toMatch(/^[^\p{Cc}]{10,1000}$/u);
  });

  test("100,000 layers are taken", () => {
    expect(messageOf(architectureJson(relus(100_000)))).toBe("(no error)");
  });
});

describe("tensors beyond 2^31-1 elements", () => {
  const limit = "a tensor of at most 2147483647 elements";
  const large = 2 ** 24;

  test.each<[string, readonly object[], readonly [number, number, number], string]>([
    ["the input", [{ kind: "relu" }], [8, 16384, 16384], `input: expected ${limit}, got [8,16384,16384]`],
    [
      "an output",
      [{ ...CONV, outChannels: 128, padding: 1 }],
      [1, 4096, 4096],
      `layers[0]: expected ${limit}, got [128,4096,4096]`,
    ],
    [
      "a weight",
      [FLATTEN, { ...LINEAR, outFeatures: large }],
      [2, 8, 8],
      `layers[1]: expected ${limit}, got [16777216,128]`,
    ],
    [
      "inside a block",
      [{ ...BLOCK, kernelSize: 1, mlpChannels: [large, 1] }],
      [1, 12, 12],
      `layers[0]: expected ${limit}, got [16777216,12,12]`,
    ],
  ])("%s", (_name, layers, input, message) => {
    expect(messageOf(architectureJson(layers, input))).toBe(message);
  });

  test("one element fewer than 2^31 is allowed", () => {
    const input = [1, 46_339, 46_342] as const;
    expect(46_339 * 46_342).toBeLessThan(2 ** 31);
    expect(messageOf(architectureJson([{ kind: "relu" }], input))).toBe("(no error)");
    expect(messageOf(architectureJson([{ kind: "relu" }], [1, 2 ** 16, 2 ** 15]))).toContain(limit);
  });
});
