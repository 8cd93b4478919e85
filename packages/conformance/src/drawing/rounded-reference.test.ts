import { createReferenceBackend } from "@nin/backend-reference";
import type { Architecture } from "@nin/spec";
import { expect, it } from "vitest";
import { relativeL2 } from "../check/relative-l2.js";
import { heParameters, randomBatch } from "./random-batch.js";
import { createRoundedReference } from "./rounded-reference.js";

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

it("differs from the oracle by roundings, and stores nothing but float32", async () => {
  const parameters = heParameters(blockArchitecture, 5);
  const batch = randomBatch(blockArchitecture, 3, 5);
  const [exact, rounded] = await Promise.all(
    [createReferenceBackend(), createRoundedReference()].map(async (backend) => {
      await using model = await backend.compile(blockArchitecture, { maxBatch: 3 });
      await model.writeParameters(parameters);
      return { scores: await model.predict(batch), ...(await model.gradients(batch)) };
    }),
  );
  if (exact === undefined || rounded === undefined) throw new Error("two models");
  expect([...rounded.scores.data].map(Math.fround)).toEqual([...rounded.scores.data]);
  for (const [name, { data }] of exact.gradients) {
    const stored = rounded.gradients.get(name)?.data ?? [];
    expect([...stored].map(Math.fround)).toEqual([...stored]);
    const distance = relativeL2(Float64Array.from(stored), data);
    expect(distance).toBeGreaterThan(1e-9);
    expect(distance).toBeLessThan(1e-6);
  }
});
