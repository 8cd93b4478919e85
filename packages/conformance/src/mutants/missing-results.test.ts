import type { Backend } from "@nin/backend";
import { present } from "@nin/spec";
import { describe, expect, test } from "vitest";
import { createNodeHost } from "../case/node-host.js";
import { conformanceCases } from "../runner/cases.js";
import { runCase } from "../runner/run-case.js";
import {
  withExtraValues,
  withFlatShapes,
  withoutLastValues,
  withoutLosses,
  withoutTensors,
  withoutValues,
} from "./missing-results.js";
import { wrapped } from "./wrapped.js";

const host = createNodeHost();
const cases = conformanceCases();
/** On a machine that does other work too. */
const TIMEOUT_MS = 300_000;

/** A backend that ignores the bytes after the last whole image. */
const ignoringPartOfAnImage = (): Backend =>
  wrapped({
    model: (model) => ({
      activations: (batch) =>
        "images" in batch && batch.images.length > 16
          ? model.activations({ images: batch.images.subarray(0, 16) })
          : model.activations(batch),
    }),
  });

/**
 * Most of these cases once passed on such a backend, because the same was missing on both sides of their comparisons.
 */
describe("a case fails where the backend omits something, and says what is missing", () => {
  test.each([
    ["forward/ties/relu-of-zero", withoutTensors, /^activation: missing net.0, net.1/],
    ["forward/behaviour/batch-split", withoutValues, /^scores of 5 images: expected 15 values, got 0$/],
    ["forward/behaviour/all-zeros", withoutValues, /^scores: expected 6 values, got 0$/],
    ["gradients/behaviour/mean", withoutTensors, /^gradients of the whole batch: missing net.0.0.weight/],
    [
      "gradients/behaviour/label-types",
      withoutTensors,
      /^gradients of the batch with labels as bytes: missing/,
    ],
    ["step/behaviour/zero-rate", withoutTensors, /^parameters after a step at rate 0: missing/],
    ["step/not-finite/parameters:optimizer=sgd", withoutTensors, /^parameters after a step on NaN: missing/],
    ["step/optimizers/sgd-momentum:steps=2,firstStep=0", withFlatShapes, /of the state: shape/],
    [
      "step/optimizers/sgd-momentum:steps=2,firstStep=0",
      withExtraValues,
      /of the state: expected \d+ values, got/,
    ],
    ["preprocessing/batch-kinds/training", withoutLosses, /^losses of 3 steps: expected 3, got 0$/],
    ["preprocessing/batch-kinds/training", withoutTensors, /^state after 3 steps: parameters: missing/],
    ["preprocessing/batch-kinds/inference", withoutTensors, /^names of the activations of images/],
    [
      "preprocessing/batch-kinds/late-positions",
      withoutTensors,
      /^state after a step on indices: parameters: missing/,
    ],
    ["files/weights/linear-head:between=models", withoutTensors, /^parameters that are saved: missing/],
    ["files/state/round-trip:optimizer=adamw", withoutTensors, /^state after 3 steps: parameters: missing/],
    [
      "files/state/back-to-an-earlier:optimizer=adamw",
      withoutTensors,
      /^state after 3 steps: parameters: missing/,
    ],
    ["lifecycle/order/overlapping-calls", withoutLosses, /^losses of step 1: expected 1, got 0$/],
    [
      "lifecycle/shared-parameters/read-while-training",
      withoutTensors,
      /^parameters of the session: missing/,
    ],
    ["determinism/training/sgd", withoutLosses, /^losses of 4 steps: expected 4, got 0$/],
    ["determinism/training/adamw", withoutTensors, /^state after 4 steps: parameters: missing/],
    ["determinism/seeds/other", withoutTensors, /^state after 4 steps: parameters: missing/],
    ["determinism/gradients/nin", withoutTensors, /^gradients: missing/],
    [
      "trajectory/evaluation/changes-nothing",
      withoutTensors,
      /^state before an evaluation: parameters: missing/,
    ],
    [
      "errors/batch/part-of-an-image",
      ignoringPartOfAnImage,
      /^part-of-an-image: expected an error with code NIN_BATCH, got none$/,
    ],
  ])("%s", async (id, create, message) => {
    const entry = present(
      cases.find((each) => each.id === id),
      id,
    );
    const { status, detail } = await runCase(entry, create(), { host });
    expect(status).toBe("failed");
    expect(detail).toMatch(message);
  });
});

/** Cases that take the oracle some seconds, and others that run the same code. */
const isLarge = (id: string): boolean =>
  /^trajectory\/(epochs|schedule|pytorch|evaluation\/between)|\/nin:|\/nin-mnist|to=224x224/.test(id);

describe("where a backend omits something, no case fails by an error of the suite itself", () => {
  const own = cases.filter(({ id, quick }) => quick && !isLarge(id));
  // Cases of one group of these levels read the same results.
  const groupOf = (id: string): string =>
    id
      .split(/[/:]/)
      .slice(0, /^(shapes|parameters|forward|gradients|step)\/(?!behaviour)/.test(id) ? 2 : 3)
      .join("/");
  const chosen = own.filter(
    ({ id }, index) => own.findIndex((each) => groupOf(each.id) === groupOf(id)) === index,
  );

  test.each([
    ["all tensors", withoutTensors],
    ["all values", withoutValues],
    ["the last values", withoutLastValues],
    ["the shapes of tensors", withFlatShapes],
    ["all losses", withoutLosses],
  ])(
    "%s",
    async (_what, create) => {
      const ownErrors: string[] = [];
      for (const entry of chosen) {
        const { detail = "" } = await runCase(entry, create(), { host });
        if (/(Internal|Type|Range|Reference)Error/.test(detail)) ownErrors.push(`${entry.id}: ${detail}`);
      }
      expect(ownErrors).toEqual([]);
    },
    TIMEOUT_MS,
  );
});
