import { SpecError } from "../reading/errors.js";
import { type FieldReader, isPositiveInteger } from "../reading/field-reader.js";

/** The base rate for the whole run, or half a cosine from it to 0 at the last step. */
export interface SmoothSchedule {
  readonly kind: "constant" | "cosine";
  readonly warmupSteps: number;
}

/** The base rate times `gamma` for each milestone reached: milestone `m` is reached in epochs `e >= m`, counted from 0. */
export interface MultiStepSchedule {
  readonly kind: "multiStep";
  /** Epochs, strictly increasing. */
  readonly milestones: readonly number[];
  readonly gamma: number;
  readonly warmupSteps: number;
}

/** The base rate times `factor` each time that more than `patience` epochs in a row did not improve. */
export interface PlateauSchedule {
  readonly kind: "plateau";
  readonly factor: number;
  readonly patience: number;
  /** `validationLoss` where it is absent. */
  readonly monitor?: Monitor;
  readonly warmupSteps: number;
}

/** How the learning rate changes over a run; see `learningRateAt`. */
export type Schedule = SmoothSchedule | MultiStepSchedule | PlateauSchedule;

const MONITORS = ["validationLoss", "validationAccuracy"] as const;

/** What of the validation split is watched after each epoch: a loss improves by falling, an accuracy by rising. */
export type Monitor = (typeof MONITORS)[number];

/** When a run ends before its last epoch. */
export interface EarlyStopping {
  readonly monitor: Monitor;
  /** The number of epochs in a row without improvement that end the run. */
  readonly patience: number;
  /** By how much more than the best an epoch must be better to count as an improvement. */
  readonly minDelta: number;
}

const MAX_MILESTONES = 10_000;
const isCount = (value: number): boolean => value === 0 || isPositiveInteger(value);
const isFactor = (value: number): boolean => value > 0 && value <= 1;

export function parseSchedule(fields: FieldReader): Schedule {
  const kind = fields.oneOf("kind", ["constant", "cosine", "multiStep", "plateau"]);
  const warmupSteps = fields.number("warmupSteps", "a non-negative integer", isCount, 0);
  const factor = (name: string): number => fields.number(name, "a number in (0, 1]", isFactor);
  const schedule = ((): Schedule => {
    switch (kind) {
      case "multiStep":
        return { kind, milestones: parseMilestones(fields), gamma: factor("gamma"), warmupSteps };
      case "plateau":
        return {
          kind,
          factor: factor("factor"),
          patience: fields.number("patience", "a non-negative integer", isCount),
          ...fields.optional("monitor", () => fields.oneOf("monitor", MONITORS)),
          warmupSteps,
        };
      default:
        return { kind, warmupSteps };
    }
  })();
  fields.end();
  return schedule;
}

export function parseEarlyStopping(fields: FieldReader): EarlyStopping {
  const stopping: EarlyStopping = {
    monitor: fields.oneOf("monitor", MONITORS, "validationLoss"),
    patience: fields.positiveInteger("patience"),
    minDelta: fields.number("minDelta", "a non-negative number", (delta) => delta >= 0, 0),
  };
  fields.end();
  return stopping;
}

function parseMilestones(fields: FieldReader): readonly number[] {
  const path = fields.pathOf("milestones");
  const milestones = Array.from(fields.array("milestones", MAX_MILESTONES), (milestone, index) => {
    if (isPositiveInteger(milestone)) return milestone;
    throw new SpecError(`${path}[${index}]`, "a positive integer", milestone);
  });
  if (milestones.length === 0) throw new SpecError(path, "at least one epoch", milestones);
  const wrong = milestones.findIndex((milestone, index) => {
    const before = milestones[index - 1];
    return before !== undefined && milestone <= before;
  });
  if (wrong < 0) return milestones;
  throw new SpecError(
    `${path}[${wrong}]`,
    `more than the one before it, ${milestones[wrong - 1]}`,
    milestones[wrong],
  );
}
