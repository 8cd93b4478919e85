import type { Evaluation } from "@nin/backend";
import type { ImageSetDescription } from "@nin/data";
import { at, type Recipe } from "@nin/spec";
import type { UnpredictedClass, WarningCounters } from "../record/checkpoint.js";
import { NOT_FINITE, type TrainingWarning, type TrainingWarningCode } from "../record/metrics.js";

/** How near to ln(classes) the loss of a step on a plateau is, and how many such steps in a row are one. */
const PLATEAU = { distance: 0.01, steps: 200 };
/** Losses are averaged over blocks of so many steps. */
const BLOCK_STEPS = 50;
/** A block diverges when its mean is so many times the lowest so far, and so many times the loss of guessing. */
const DIVERGING = { timesLowest: 2, timesGuessing: 1.5 };
/** Steps without a prediction after which a class counts as dead: of a shorter run all, if they are not too few. */
const DEAD_STEPS = { usual: 400, least: 100 };

/** Fewer images of a class say nothing about whether it is predicted. */
const LEAST_IMAGES = 5;
/** How many classes a message names. */
const SHOWN_CLASSES = 5;

/** What warnings depend on. */
export interface WatchedTraining {
  readonly recipe: Recipe;
  /** Scores of the network. */
  readonly classes: number;
  readonly classNames: readonly string[];
  /** Steps of all epochs. */
  readonly totalSteps: number;
}

/** A part of the data that a training uses, for messages: `training`. */
export interface NamedPart {
  readonly name: string;
  readonly data: ImageSetDescription;
  /** How many of its images are used, the first ones. */
  readonly count: number;
}

/** Notices what probably keeps a training from learning: the same in a run that was resumed. */
export class WarningWatch {
  #counters: WarningCounters;
  #isNotFinite = false;

  constructor(
    private readonly training: WatchedTraining,
    counters?: WarningCounters,
  ) {
    const blocks = { sum: 0, count: 0, lowest: null, reported: false };
    this.#counters = counters ?? { plateauSteps: 0, blocks, evaluatedStep: 0, unpredicted: [] };
  }

  get counters(): WarningCounters {
    return this.#counters;
  }

  /** Before the first step. */
  atStart(parts: readonly NamedPart[]): readonly TrainingWarning[] {
    return [...this.#longWarmup(), ...parts.flatMap((part) => this.#missingClasses(part))];
  }

  /** @param step - counted from 1; each step once, in order */
  afterStep(step: number, loss: number): readonly TrainingWarning[] {
    const isNear = Math.abs(loss - this.#guessing) <= PLATEAU.distance;
    const plateauSteps = isNear ? this.#counters.plateauSteps + 1 : 0;
    this.#counters = { ...this.#counters, plateauSteps };
    return [
      ...(plateauSteps === PLATEAU.steps ? [this.#plateau(step)] : []),
      ...this.#addToBlock(step, loss),
    ];
  }

  /**
   * What the end of the run is reported by, also where its loss was reported to grow: it is not the same.
   *
   * @param what - what is not finite: `the loss`
   */
  notFinite(step: number, what: string): readonly TrainingWarning[] {
    if (this.#isNotFinite) return [];
    this.#isNotFinite = true;
    return [warning("divergence", step, `${what} ${NOT_FINITE}: ${this.#lowerRate()}`)];
  }

  /** @param name - of the evaluated part: `test` */
  afterEvaluation(step: number, name: string, evaluation: Evaluation): readonly TrainingWarning[] {
    const { classes, totalSteps } = this.training;
    const patience = Math.max(DEAD_STEPS.least, Math.min(DEAD_STEPS.usual, totalSteps));
    const { evaluatedStep, unpredicted: known } = this.#counters;
    const before = new Map(known.map((each) => [each.label, each]));
    const dead: UnpredictedClass[] = [];
    const unpredicted = unpredictedClasses(evaluation, classes).map((label): UnpredictedClass => {
      const since = before.get(label) ?? { label, sinceStep: evaluatedStep, reported: false };
      if (since.reported || step - since.sinceStep < patience) return since;
      dead.push(since);
      return { ...since, reported: true };
    });
    this.#counters = { ...this.#counters, evaluatedStep: step, unpredicted };
    return dead.length === 0 ? [] : [this.#deadClasses(step, name, dead)];
  }

  /** The loss of a network that knows nothing. */
  get #guessing(): number {
    return Math.log(this.training.classes);
  }

  #longWarmup(): readonly TrainingWarning[] {
    const { recipe, totalSteps } = this.training;
    const { warmupSteps } = recipe.schedule;
    if (warmupSteps < totalSteps) return [];
    const takes = `the warm-up of ${counted(warmupSteps, "step")} takes all ${counted(totalSteps, "step")} of the run`;
    const remedy = "Use fewer warmupSteps, such as a tenth of all steps, or more epochs";
    const rate = `so that the learning rate hardly reaches ${recipe.optimizer.learningRate}`;
    return [warning("long-warmup", 0, `${takes}, ${rate}. ${remedy}`)];
  }

  #missingClasses({ name, data, count }: NamedPart): readonly TrainingWarning[] {
    if (count === 0) return [];
    const { classes } = this.training;
    const present = new Uint8Array(classes);
    for (let index = 0; index < count; index += 1) present[at(data.labels, index)] = 1;
    const missing = Array.from({ length: classes }, (_, label) => label).filter(
      (label) => present[label] === 0,
    );
    if (missing.length === 0) return [];
    const none = `the ${counted(count, `${name} image`)} ${count === 1 ? "has" : "have"} none of ${this.#named(missing)}`;
    const remedy =
      name === "training"
        ? "such classes cannot be learned. Add images of them, raise a limit on the images, or use a network with fewer classes"
        : "accuracy says nothing about such classes. Add images of them, or set more images aside";
    return [warning("missing-class", 0, `${none}: ${remedy}`)];
  }

  #plateau(step: number): TrainingWarning {
    const { classes } = this.training;
    const stays = `for ${PLATEAU.steps} steps the loss has stayed within ${PLATEAU.distance} of ln(${classes}) = ${this.#guessing.toFixed(4)}, that of guessing`;
    const remedy =
      'A larger initial bias of the last layer, as in the recipe "robust", another seed or another learning rate may help';
    return warning("plateau", step, `${stays}. ${remedy}`);
  }

  #addToBlock(step: number, loss: number): readonly TrainingWarning[] {
    const { blocks } = this.#counters;
    const [sum, count] = [blocks.sum + loss, blocks.count + 1];
    const lowest = blocks.lowest === null ? loss : blocks.lowest;
    if (count < BLOCK_STEPS) {
      this.#counters = { ...this.#counters, blocks: { ...blocks, sum, count, lowest } };
      return [];
    }
    const mean = sum / count;
    const diverges = mean > DIVERGING.timesLowest * lowest && mean > DIVERGING.timesGuessing * this.#guessing;
    const reported = blocks.reported || diverges;
    const next = { sum: 0, count: 0, lowest: Math.min(lowest, mean), reported };
    this.#counters = { ...this.#counters, blocks: next };
    if (!diverges || blocks.reported) return [];
    const grown = `the mean loss of the last ${BLOCK_STEPS} steps, ${mean.toPrecision(4)}, is more than ${DIVERGING.timesLowest} times the lowest so far, ${lowest.toPrecision(4)}`;
    return [warning("divergence", step, `${grown}: ${this.#lowerRate()}`)];
  }

  #lowerRate(): string {
    const { learningRate } = this.training.recipe.optimizer;
    return `the learning rate of ${learningRate} is probably too high. Try ${Number((learningRate / 10).toPrecision(3))}, or more warmupSteps`;
  }

  #deadClasses(step: number, name: string, dead: readonly UnpredictedClass[]): TrainingWarning {
    const since = Math.min(...dead.map(({ sinceStep }) => step - sinceStep));
    const never = `no ${name} image was classified as ${this.#named(dead.map(({ label }) => label))} in the last ${counted(since, "step")}`;
    const remedy =
      'Scores behind a last ReLU may be stuck at 0: a larger initial bias of the last layer, as in the recipe "robust", a lower learning rate or another seed may help, and so may more images of such a class';
    return warning("dead-class", step, `${never}. ${remedy}`);
  }

  /** `2 of 10 classes (coat, bag)`. */
  #named(labels: readonly number[]): string {
    const { classes, classNames } = this.training;
    const shown = labels.slice(0, SHOWN_CLASSES).map((label) => classNames[label] ?? `class ${label}`);
    const more = labels.length > shown.length ? [...shown, "..."] : shown;
    return `${counted(labels.length)} of ${counted(classes, "class")} (${more.join(", ")})`;
  }
}

/** The classes that have enough images and that no image was taken for. */
function unpredictedClasses({ confusion }: Evaluation, classes: number): readonly number[] {
  const [images, predictions] = [new Float64Array(classes), new Float64Array(classes)];
  confusion.forEach((count, index) => {
    const [label, prediction] = [Math.floor(index / classes), index % classes];
    images[label] = at(images, label) + count;
    predictions[prediction] = at(predictions, prediction) + count;
  });
  return Array.from({ length: classes }, (_, label) => label).filter(
    (label) => at(images, label) >= LEAST_IMAGES && at(predictions, label) === 0,
  );
}

function warning(code: TrainingWarningCode, step: number, detail: string): TrainingWarning {
  return { kind: "warning", code, step, detail };
}

/** `1,200 steps`. */
function counted(count: number, noun = ""): string {
  const number = count.toLocaleString("en-US");
  if (noun === "") return number;
  const plural = noun.endsWith("s") ? `${noun}es` : `${noun}s`;
  return `${number} ${count === 1 ? noun : plural}`;
}
