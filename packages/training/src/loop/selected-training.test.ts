import type { Model } from "@nin/backend";
import { at, learningRateAt, present } from "@nin/spec";
import { afterEach, describe, expect, it } from "vitest";
import { type TrainingOptions, type TrainingResult, trainModel } from "../index.js";
import { MemoryRecorder, withoutTimes } from "../testing/memory-recorder.js";
import { smallArchitecture, smallData, smallModel, smallRecipe } from "../testing/small-training.js";
import { storedDataset } from "../testing/stored-dataset.js";
import { evaluateModel } from "./evaluation.js";
import { splitValidation } from "./split.js";

/** 40 training images, five steps an epoch; rates fall and the run ends early, as it learns next to nothing. */
const recipe = smallRecipe(
  { learningRate: 1e-7 },
  {
    augmentation: { horizontalFlip: 0.5, cropPadding: 2 },
    validation: { fraction: 0.2 },
    schedule: { kind: "plateau", factor: 0.5, patience: 0, warmupSteps: 3 },
    earlyStopping: { patience: 3, minDelta: 0.01 },
    epochs: 9,
  },
);

const models: Model[] = [];
afterEach(async () => {
  for (const model of models.splice(0)) await model.dispose();
});

async function train(
  changes: Partial<TrainingOptions> = {},
): Promise<{ result: TrainingResult; recorder: MemoryRecorder; model: Model }> {
  const model = await smallModel(recipe);
  models.push(model);
  const recorder = new MemoryRecorder();
  const options = { model, architecture: smallArchitecture, recipe, data: smallData, recorder };
  const result = await trainModel({ ...options, logEvery: 1, checkpointEvery: 2, ...changes });
  return { result, recorder, model };
}

describe("a training with validation, plateau and early stopping", () => {
  it("ends early, knows its best epoch, and reduces its rate", async () => {
    const { result, recorder } = await train();
    expect(result).toMatchObject({ step: 20, ended: "earlyStopping", interrupted: false });
    expect(result.epochs).toHaveLength(4);
    const losses = result.epochs.map(({ validationLoss }) => validationLoss);
    const best = losses.indexOf(Math.min(...losses.map((loss) => loss ?? Number.NaN)));
    expect(result.best).toEqual({ epoch: best + 1, step: 5 * (best + 1), value: losses[best] });
    const { reductions } = present(recorder.checkpoints.at(-1)?.progress.selection?.plateau);
    for (const line of recorder.lines) {
      if (line.kind !== "step") continue;
      const before = recorder.checkpoints.findLast(({ state }) => state.step < line.step);
      const reduced = before?.progress.selection?.plateau?.reductions;
      expect(line.learningRate).toBe(Math.fround(learningRateAt(recipe, line.step - 1, 45, reduced)));
    }
    expect(reductions).toBe(
      losses.filter(
        (loss, epoch) => epoch > 0 && (loss ?? 0) >= Math.min(...losses.slice(0, epoch).map(Number)),
      ).length,
    );
    const rates = recorder.lines.flatMap((line) => (line.kind === "step" ? [line.learningRate] : []));
    expect(result.epochs.map(({ learningRate }) => learningRate)).toEqual(
      [4, 9, 14, 19].map((k) => rates[k]),
    );
  });

  it("evaluates each epoch on the validation images, and on those of the test set", async () => {
    const { result, model } = await train({ recipe: { ...recipe, epochs: 1 } });
    const { validation } = splitValidation(smallData.train, recipe);
    if (validation === undefined) throw new Error("no validation split");
    const { loss, accuracy } = await evaluateModel(model, validation, { batchSize: 8 });
    const epoch = at(result.epochs, 0);
    expect(epoch).toMatchObject({ validationAccuracy: accuracy, testImages: 20 });
    expect(epoch.validationLoss).toBeCloseTo(loss, 12);
    expect(epoch.testLoss).toBeCloseTo((await evaluateModel(model, smallData.test)).loss, 12);
  });

  it("resumed from any checkpoint decides the same and ends bit for bit the same", async () => {
    const { recorder: whole, result } = await train();
    expect(whole.checkpoints.map(({ state }) => state.step)).toContain(20);
    for (const checkpoint of whole.checkpoints) {
      // As from a file.
      const progress = JSON.parse(JSON.stringify(checkpoint.progress));
      const { recorder, result: resumed } = await train({ resumeFrom: { ...checkpoint, progress } });
      const lines = [...whole.linesUpTo(checkpoint), ...recorder.lines];
      expect(withoutTimes(lines)).toEqual(withoutTimes(whole.lines));
      expect(resumed).toMatchObject({ ended: "earlyStopping", step: 20, best: result.best });
      if (recorder.checkpoints.length === 0) continue;
      expect(recorder.checkpoints.at(-1)?.state).toEqual(whole.checkpoints.at(-1)?.state);
      expect(recorder.checkpoints.at(-1)?.progress.selection).toEqual(
        whole.checkpoints.at(-1)?.progress.selection,
      );
    }
  });

  it.each(["validation", "test"] as const)("interrupted in the %s evaluation repeats both", async (split) => {
    const { recorder: whole } = await train();
    const controller = new AbortController();
    const { recorder, result } = await train({
      signal: controller.signal,
      onEvent: (event) => event.kind === "evaluation" && event.split === split && controller.abort(),
    });
    expect(result).toMatchObject({ interrupted: true, step: 5, epochs: [] });
    const { recorder: rest } = await train({ resumeFrom: at(recorder.checkpoints, -1) });
    expect(withoutTimes([...recorder.lines, ...rest.lines])).toEqual(withoutTimes(whole.lines));
  });

  it("on images in a file computes the same, bit for bit, and has them read ahead in order", async () => {
    const { recorder: whole, result } = await train({ maxSteps: 12 });
    const announced: number[] = [];
    const read: number[] = [];
    const stored = storedDataset(smallData.train, (batches) => {
      for (const batch of batches) announced.push(...batch);
    });
    const { read: readStored } = stored;
    const reading = {
      ...stored,
      read: (positions: Uint32Array) => {
        read.push(...positions);
        return readStored(positions);
      },
    };
    const data = { train: reading, test: storedDataset(smallData.test) };
    const { recorder, result: fromFile } = await train({ maxSteps: 12, data });
    expect(withoutTimes(recorder.lines)).toEqual(withoutTimes(whole.lines));
    expect(recorder.checkpoints.at(-1)?.state).toEqual(whole.checkpoints.at(-1)?.state);
    expect(fromFile.best).toEqual(result.best);
    expect(read.length).toBeGreaterThan(100);
    // The last epoch is cut short.
    expect(announced.slice(0, read.length)).toEqual(read);
  });
});

describe("a training without a validation split", () => {
  it("has null in its epochs' lines, no best epoch, and goes on from a checkpoint that knows nothing of these", async () => {
    const plain = smallRecipe();
    const { recorder: whole, result } = await train({ recipe: plain });
    expect(result.best).toBeUndefined();
    expect(result.epochs[0]).toMatchObject({ validationLoss: null, validationAccuracy: null });
    const { warnings, ...progress } = at(whole.checkpoints, 3).progress;
    const resumeFrom = { ...at(whole.checkpoints, 3), progress };
    const { recorder } = await train({ recipe: plain, resumeFrom });
    expect(recorder.checkpoints.at(-1)?.state).toEqual(whole.checkpoints.at(-1)?.state);
  });
});
