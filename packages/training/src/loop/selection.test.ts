import { parseRecipe } from "@nin/spec";
import { describe, expect, it } from "vitest";
import type { SelectionState } from "../record/checkpoint.js";
import { smallRecipe } from "../testing/small-training.js";
import { isStoppedEarly, selectionAfter } from "./selection.js";

const validation = { fraction: 0.2 };

function recipeWith(changes: object) {
  return parseRecipe({ ...smallRecipe(), validation, ...changes });
}

/** The states after each of these losses; accuracies are 1 minus the loss. */
function statesOf(changes: object, losses: readonly number[]): readonly SelectionState[] {
  const recipe = recipeWith(changes);
  const states: SelectionState[] = [];
  losses.forEach((validationLoss, index) => {
    const epoch = {
      epoch: index + 1,
      step: 7 * (index + 1),
      validationLoss,
      validationAccuracy: 1 - validationLoss,
    };
    states.push(selectionAfter(states.at(-1), recipe, epoch));
  });
  return states;
}

describe("the best epoch", () => {
  it("has the lowest validation loss; of equals the first", () => {
    const best = statesOf({}, [0.5, 0.25, 0.25, 0.75, 0.125]).map((state) => state.best.epoch);
    expect(best).toEqual([1, 2, 2, 2, 5]);
    expect(statesOf({}, [0.5])[0]).toEqual({ best: { epoch: 1, step: 7, value: 0.5 } });
  });

  it("is that of early stopping's monitor, without its minDelta", () => {
    const earlyStopping = { monitor: "validationAccuracy", patience: 5, minDelta: 0.5 };
    const states = statesOf({ earlyStopping }, [0.75, 0.5, 0.5, 0.25]);
    expect(states.map(({ best }) => [best.epoch, best.value])).toEqual([
      [1, 0.25],
      [2, 0.5],
      [2, 0.5],
      [4, 0.75],
    ]);
  });
});

describe("early stopping", () => {
  it("ends when so many epochs in a row as its patience did not improve", () => {
    const earlyStopping = { patience: 2 };
    const recipe = recipeWith({ earlyStopping });
    const stopped = statesOf({ earlyStopping }, [0.5, 0.5, 0.25, 0.25, 0.375]).map((state) =>
      isStoppedEarly(recipe, state),
    );
    expect(stopped).toEqual([false, false, false, false, true]);
    expect(isStoppedEarly(recipe, undefined)).toBe(false);
    expect(isStoppedEarly(recipeWith({}), statesOf({ earlyStopping }, [1, 1, 1]).at(-1))).toBe(false);
  });

  it("counts as improved what is better than the last that improved by more than minDelta, not by as much", () => {
    const states = statesOf({ earlyStopping: { patience: 9, minDelta: 0.125 } }, [0.5, 0.375, 0.25, 0.125]);
    expect(states.map(({ earlyStopping }) => earlyStopping)).toEqual([
      { best: 0.5, badEpochs: 0 },
      { best: 0.5, badEpochs: 1 },
      { best: 0.25, badEpochs: 0 },
      { best: 0.25, badEpochs: 1 },
    ]);
  });
});

describe("the plateau schedule", () => {
  const schedule = { kind: "plateau", factor: 0.5, patience: 1 };

  it("reduces the rate when more epochs than its patience are bad, and counts anew", () => {
    const states = statesOf({ schedule }, [0.5, 0.5, 0.5, 0.5, 0.5, 0.25, 0.25]);
    expect(states.map(({ plateau }) => [plateau?.badEpochs, plateau?.reductions])).toEqual([
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
      [0, 2],
      [0, 2],
      [1, 2],
    ]);
  });

  it("reduces after each bad epoch with a patience of 0, and may watch the accuracy", () => {
    const watching = { ...schedule, patience: 0, monitor: "validationAccuracy" };
    const states = statesOf({ schedule: watching }, [0.5, 0.75, 0.5, 0.25]);
    expect(states.map(({ plateau }) => plateau?.reductions)).toEqual([0, 1, 2, 2]);
  });
});
