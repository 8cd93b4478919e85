import { type DropoutMaskKey, fillDropoutMask } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { randomInput, smallModel } from "./testing/small-model.js";

const SGD = { kind: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0.01 } as const;
const batch = { input: randomInput(4), labels: Uint8Array.from([0, 1, 2, 0]) };
const rate = { learningRate: 0.1 };

describe("steps", () => {
  test("dropout asks for its mask by seed, position, rate and the run's step", async () => {
    const asked: (readonly [DropoutMaskKey, number, number])[] = [];
    const model = await smallModel(
      {},
      {
        dropoutMask: (mask, start, kept) => {
          asked.push([mask, start, kept.length]);
          fillDropoutMask(mask, start, kept);
        },
      },
    );
    const session = await model.train({ optimizer: SGD, seed: 3, firstStep: 5 });
    await session.step(batch, rate);
    await session.step(batch, rate);
    await session.evaluate(batch);
    await session.metrics();
    const key = { seed: 3, layerIndex: 2, rate: 0.5 };
    expect(asked).toEqual([
      [{ ...key, step: 5 }, 0, 32],
      [{ ...key, step: 6 }, 0, 32],
    ]);
  });

  test("with every unit kept and rate 0.5, a step is that of a network whose pool is doubled", async () => {
    const keepAll = { dropoutMask: (_: DropoutMaskKey, __: number, kept: Uint8Array) => void kept.fill(1) };
    const model = await smallModel({}, keepAll);
    const parameters = new Map(await model.readParameters());
    const doubled = await smallModel();
    const weight = parameters.get("net.4.weight");
    if (weight === undefined) throw new Error("net.4.weight is missing");
    await doubled.writeParameters(
      parameters.set("net.4.weight", { ...weight, data: Float64Array.from(weight.data, (w) => 2 * w) }),
    );
    const session = await model.train({ optimizer: SGD, seed: 0 });
    await session.step(batch, rate);
    const { losses } = await session.metrics();
    expect(losses[0]).toBeCloseTo((await doubled.gradients(batch)).loss, 14);
  });
});

test("a seed that cannot be is refused", async () => {
  const model = await smallModel();
  await expect(model.train({ optimizer: SGD, seed: -1 })).rejects.toThrow(RangeError);
});
