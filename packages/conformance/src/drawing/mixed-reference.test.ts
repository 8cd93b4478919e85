import { createReferenceBackend } from "@nin/backend-reference";
import { describe, expect, it } from "vitest";
import { relativeL2 } from "../check/relative-l2.js";
import { architectureOf } from "./architecture-of.js";
import { roundedToBfloat16, toFloat16 } from "./float16.js";
import { createMixedReference, type FactorRounding } from "./mixed-reference.js";
import { heParameters, randomBatch } from "./random-batch.js";

/** Without a kink: what a rounding does is then as small as itself. */
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

/** Of each result, relative L2. */
async function distances(round: FactorRounding): Promise<ReadonlyMap<string, number>> {
  const [exact, mixed] = [
    await resultsOf(createReferenceBackend()),
    await resultsOf(createMixedReference({ round })),
  ];
  return new Map(
    [...exact].map(([name, { data }]) => [
      name,
      relativeL2(mixed.get(name)?.data ?? new Float64Array(), data),
    ]),
  );
}

it("is a rounding to float16 from the oracle, in forward values and gradients", async () => {
  for (const [name, far] of await distances(toFloat16)) {
    expect(far, name).toBeLessThan(2 ** -9);
    expect(far, name).toBeGreaterThan(2 ** -14);
  }
});

it("is about eight times as far with bfloat16", async () => {
  const [half, brain] = [await distances(toFloat16), await distances(roundedToBfloat16)];
  const logarithms = [...brain].map(([name, far]) => Math.log2(far / (half.get(name) ?? 0)));
  const mean = logarithms.reduce((sum, value) => sum + value, 0) / logarithms.length;
  expect(Math.abs(mean - 3)).toBeLessThan(0.5);
});

it("without a rounding of factors is the oracle but for what is stored in float32", async () => {
  for (const [name, far] of await distances((value) => value)) expect(far, name).toBeLessThan(1e-6);
});

describe("gradients of a linear layer", () => {
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
      [...(exact ?? [])].map(([name, { data }]) => [
        name,
        relativeL2(rounded?.get(name)?.data ?? new Float64Array(), data),
      ]),
    );
  }

  it("round the terms of the weight's, and none of the bias's", async () => {
    const far = await gradientsOf([0, 0, 0]);
    expect(far.get("net.1.weight")).toBeGreaterThan(2 ** -14);
    expect(far.get("net.1.bias")).toBeLessThan(2 ** -22);
  });

  it("lose nothing that is small, being scaled", async () => {
    // Of 5e-5 and, over the batch, 7e-7: some twelve times the least float16.
    const far = await gradientsOf([10, 0, 0]);
    for (const distance of far.values()) expect(distance).toBeLessThan(2 ** -9);
  });
});
