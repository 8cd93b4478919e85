import { createReferenceBackend, type DropoutMask } from "@nin/backend-reference";
import { at, entry, type NamedTensors, present, type Tensor } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { FixtureError } from "../../case/failure.js";
import { committedText, fixtureHost, referenceContext } from "../testing/fixtures.js";
import { gradientsOfNinBase, outputsOfNinBase, stepOfNinBase } from "./cases.js";
import {
  checkAllStatistics,
  checkNinBaseGradients,
  checkOutputs,
  checkScores,
  checkStep,
  expandedNinBase,
  ninBase,
  ninBaseWithoutDropout,
} from "./check-model.js";
import { NIN_BASE_LEARNING_RATE, ninBaseImages, parseNinBase, parseNinBaseImages } from "./fixture.js";
import { hashParameters, hashUniform } from "./hash-parameters.js";

const { samples, run, dropoutRun } = parseNinBase(JSON.parse(committedText("nin-base.json")));
const images = parseNinBaseImages(JSON.parse(committedText("nin-base-images.json")));
/** Both are float64, so that only the order of sums differs. */
const EXACT = { forward: 1e-9, lateGradients: 1e-9, earlyGradients: 1e-9 };
const PLAIN_SGD = { kind: "sgd", learningRate: NIN_BASE_LEARNING_RATE, momentum: 0, weightDecay: 0 } as const;
/** Full-size networks on a busy two-core machine. */
const TIMEOUT_MS = 300_000;

test("the hash generator gives the fixture's samples", () => {
  expect(samples.map((_, i) => hashUniform(2, 0, i))).toEqual(samples);
});

describe("the reference equals PyTorch float64", () => {
  test.for([
    ["scores", ninBase, checkScores],
    ["every output", expandedNinBase, checkOutputs],
    ["gradients", ninBase, checkNinBaseGradients],
    ["a step", ninBaseWithoutDropout, checkStep],
  ] as const)("%s", { timeout: TIMEOUT_MS }, async ([, architecture, checkModel]) => {
    const model = await createReferenceBackend().compile(architecture, { imageFormat: ninBaseImages });
    await checkModel(model, { images, run }, EXACT);
  });
});

/** The fixture's mask of the only dropout layer, the same in every step. The contract itself uses Philox. */
const hashDropoutMask: DropoutMask = ({ seed }, start, kept) => {
  kept.forEach((_, i) => {
    kept[i] = hashUniform(seed, 1000, start + i) >= 0.5 ? 1 : 0;
  });
};

test("with the fixture's dropout mask the reference's step equals PyTorch float64", {
  timeout: TIMEOUT_MS,
}, async () => {
  const backend = createReferenceBackend({ dropoutMask: hashDropoutMask });
  const model = await backend.compile(ninBase, { imageFormat: ninBaseImages });
  const start = hashParameters(ninBase, dropoutRun.seed);
  await model.writeParameters(start);
  await using session = await model.train({ optimizer: PLAIN_SGD, seed: dropoutRun.seed });
  const batch = { images, labels: dropoutRun.labels };
  await session.step(batch, { learningRate: NIN_BASE_LEARNING_RATE });
  const { parameters } = await session.readState();
  await session.step(batch, { learningRate: NIN_BASE_LEARNING_RATE });
  const { losses } = await session.metrics();
  [dropoutRun.loss, dropoutRun.lossAfterStep].forEach((expected, step) => {
    expect(Math.abs(at(losses, step) / expected - 1)).toBeLessThanOrEqual(EXACT.forward);
  });
  checkAllStatistics(gradientsOfStep(start, parameters), dropoutRun.gradients, () => EXACT.lateGradients);
});

/** The gradients along which a step of plain SGD went. */
function gradientsOfStep(before: NamedTensors, after: NamedTensors): readonly (readonly [string, Tensor])[] {
  return [...before].map(([name, { shape, data }]) => {
    const moved = entry(after, name).data;
    const gradient = Float64Array.from(data, (value, i) => (value - at(moved, i)) / NIN_BASE_LEARNING_RATE);
    return [name, { shape, data: gradient }];
  });
}

test("ids", () => {
  const cases = [...outputsOfNinBase(), ...gradientsOfNinBase(), ...stepOfNinBase()];
  expect(cases.map(({ id }) => id)).toEqual([
    "forward/nin-base/scores:batch=2",
    "forward/nin-base/layers:batch=2",
    "gradients/nin-base/parameters:batch=2",
    "step/nin-base/sgd:batch=2",
  ]);
  expect(cases.some(({ quick }) => quick)).toBe(false);
});

describe("a case fails when the fixture says otherwise", () => {
  /** The committed fixture with numbers of its float64 run changed. */
  const altered = (change: (run: Record<string, unknown>) => void) =>
    fixtureHost((text) => {
      const json = JSON.parse(text);
      if (json.withoutDropout !== undefined) change(json.withoutDropout);
      return JSON.stringify(json);
    });
  const scaled = (name: string, by: number) => (fixture: Record<string, unknown>) => {
    fixture[name] = Number(fixture[name]) * by;
  };

  test.for([
    ["scores", outputsOfNinBase()[0], altered((fixture) => Object.assign(fixture, { seed: 3 })), /^score 0/],
    ["loss", gradientsOfNinBase()[0], altered(scaled("loss", 1.0001)), /^loss: expected/],
    [
      "loss after the step",
      stepOfNinBase()[0],
      altered(scaled("loss_after_one_sgd_step_lr0.05", 1.0001)),
      /^loss after the step: expected/,
    ],
  ] as const)("%s", { timeout: TIMEOUT_MS }, async ([, each, host, message]) => {
    await expect(present(each).run(referenceContext(host))).rejects.toThrow(message);
  });
});

test("images of another length are refused", () => {
  const json = JSON.parse(committedText("nin-base-images.json"));
  expect(() => parseNinBaseImages({ ...json, count: 3 })).toThrow(FixtureError);
  expect(() => parseNinBaseImages({ ...json, base64: "%" })).toThrow(/^base64: /);
});
