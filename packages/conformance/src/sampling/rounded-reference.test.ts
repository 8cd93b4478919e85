import { createReferenceBackend } from "@nin/backend-reference";
import { type Architecture, entry, present } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { relativeL2 } from "../check/tensors.js";
import { architectureOf, heParameters, randomBatch } from "../networks/inputs.js";
import {
  createMixedReference,
  createRoundedReference,
  type FactorRounding,
  roundedToBfloat16,
  toFloat16,
} from "./rounded-reference.js";

const blockArchitecture: Architecture = {
  format: "nin-architecture",
  version: 1,
  name: "small",
  input: { channels: 2, height: 5, width: 6 },
  layers: [
    {
      kind: "ninBlock",
      outChannels: 4,
      kernelSize: [3, 3],
      stride: [1, 1],
      padding: [1, 0],
      mlpChannels: [3],
      mlpKernelSize: [1, 1],
    },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
  ],
};

it("in float32 differs from the oracle by roundings, and stores nothing but float32", async () => {
  const parameters = heParameters(blockArchitecture, 5);
  const batch = randomBatch(blockArchitecture, 3, 5);
  const results = await Promise.all(
    [createReferenceBackend(), createRoundedReference()].map(async (backend) => {
      await using model = await backend.compile(blockArchitecture, { maxBatch: 3 });
      await model.writeParameters(parameters);
      return { scores: await model.predict(batch), ...(await model.gradients(batch)) };
    }),
  );
  const [exact, rounded] = [present(results[0]), present(results[1])];
  expect([...rounded.scores.data].map(Math.fround)).toEqual([...rounded.scores.data]);
  for (const [name, { data }] of exact.gradients) {
    const stored = entry(rounded.gradients, name).data;
    expect([...stored].map(Math.fround)).toEqual([...stored]);
    const distance = relativeL2(Float64Array.from(stored), data);
    expect(distance).toBeGreaterThan(1e-9);
    expect(distance).toBeLessThan(1e-6);
  }
});

/** Without kinks, so that the effect of a rounding is as small as the rounding. */
const architecture = architectureOf(
  [3, 6, 5],
  [
    { kind: "conv2d", outChannels: 16, kernelSize: 3 },
    { kind: "avgPool2d", kernelSize: 2, stride: 1 },
    { kind: "flatten" },
    { kind: "linear", outFeatures: 4 },
  ],
);
const parameters = heParameters(architecture, 5);
const batch = randomBatch(architecture, 3, 5);

async function resultsOf(backend: ReturnType<typeof createReferenceBackend>) {
  await using model = await backend.compile(architecture, { maxBatch: 3 });
  await model.writeParameters(parameters);
  const { gradients } = await model.gradients(batch);
  return new Map([...(await model.activations(batch)), ...gradients]);
}

/** How far each result is from the oracle's. Units: relative L2. */
async function distances(round: FactorRounding): Promise<ReadonlyMap<string, number>> {
  const [exact, mixed] = [
    await resultsOf(createReferenceBackend()),
    await resultsOf(createMixedReference({ round })),
  ];
  return new Map([...exact].map(([name, { data }]) => [name, relativeL2(entry(mixed, name).data, data)]));
}

it("in mixed precision differs from the oracle by roundings to float16, in forward values and gradients", async () => {
  for (const [name, far] of await distances(toFloat16)) {
    expect(far, name).toBeLessThan(2 ** -9);
    expect(far, name).toBeGreaterThan(2 ** -14);
  }
});

it("in mixed precision is about eight times as far from the oracle with bfloat16", async () => {
  const [half, brain] = [await distances(toFloat16), await distances(roundedToBfloat16)];
  const logarithms = [...brain].map(([name, far]) => Math.log2(far / entry(half, name)));
  const mean = logarithms.reduce((sum, value) => sum + value, 0) / logarithms.length;
  expect(Math.abs(mean - 3)).toBeLessThan(0.5);
});

it("in mixed precision without a rounding of factors equals the oracle up to the float32 of what is stored", async () => {
  for (const [name, far] of await distances((value) => value)) expect(far, name).toBeLessThan(1e-6);
});

describe("in mixed precision the gradients of a linear layer", () => {
  const linear = architectureOf([1, 1, 2], [{ kind: "flatten" }, { kind: "linear", outFeatures: 3 }]);
  const COUNT = 64;
  const input = {
    shape: [COUNT, 1, 1, 2],
    data: Float32Array.from({ length: 2 * COUNT }, (_, index) => (index % 7) - 2),
  };
  const labels = new Uint8Array(COUNT);

  async function gradientsOf(bias: readonly number[]): Promise<ReadonlyMap<string, number>> {
    const results = [createReferenceBackend(), createMixedReference()].map(async (backend) => {
      await using model = await backend.compile(linear, { maxBatch: COUNT });
      const weight = { shape: [3, 2], data: new Float32Array(6) };
      const own = { shape: [3], data: Float32Array.from(bias) };
      await model.writeParameters(
        new Map([
          ["net.1.weight", weight],
          ["net.1.bias", own],
        ]),
      );
      return (await model.gradients({ input, labels })).gradients;
    });
    const [exact, rounded] = await Promise.all(results);
    return new Map(
      [...present(exact)].map(([name, { data }]) => [
        name,
        relativeL2(entry(present(rounded), name).data, data),
      ]),
    );
  }

  it("have rounded terms for the weight, and exact ones for the bias", async () => {
    const far = await gradientsOf([0, 0, 0]);
    expect(far.get("net.1.weight")).toBeGreaterThan(2 ** -14);
    expect(far.get("net.1.bias")).toBeLessThan(2 ** -22);
  });

  it("keep small terms, because they are scaled", async () => {
    // Of 5e-5 and, over the batch, 7e-7: some twelve times the least float16.
    const far = await gradientsOf([10, 0, 0]);
    for (const distance of far.values()) expect(distance).toBeLessThan(2 ** -9);
  });
});

/** A finite float16 by its bits. */
function float16Of(bits: number): number {
  const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
  return exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25);
}

const LARGEST_BITS = 0x7bff;

it("rounding to float16 keeps every float16, of either sign", () => {
  for (let bits = 0; bits <= LARGEST_BITS; bits += 1) {
    expect(toFloat16(float16Of(bits))).toBe(float16Of(bits));
    expect(toFloat16(-float16Of(bits))).toBe(-float16Of(bits));
  }
});

it("rounding to float16 gives the nearest value, and halfway the even one", () => {
  for (let bits = 0; bits < LARGEST_BITS; bits += 1) {
    const [below, above] = [float16Of(bits), float16Of(bits + 1)];
    const step = above - below;
    expect(toFloat16(below + step / 2)).toBe(bits % 2 === 0 ? below : above);
    expect(toFloat16(below + 0.4375 * step)).toBe(below);
    expect(toFloat16(-below - 0.5625 * step)).toBe(-above);
  }
});

it("rounding to float16 overflows from halfway beyond 65504", () => {
  expect([65519, 65520, -65520, 1e9].map(toFloat16)).toEqual([65504, Infinity, -Infinity, Infinity]);
});

it("rounding to bfloat16 keeps 7 bits of fraction and float32's range", () => {
  expect(
    [1 + 2 ** -8, 1 + 3 * 2 ** -8, 1 + 2 ** -7, -(1 + 2 ** -8 + 2 ** -20)].map(roundedToBfloat16),
  ).toEqual([1, 1 + 2 ** -6, 1 + 2 ** -7, -(1 + 2 ** -7)]);
  expect(roundedToBfloat16(2 ** 100)).toBe(2 ** 100);
});
