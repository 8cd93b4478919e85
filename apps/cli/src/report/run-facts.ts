import { counted, formatCount, formatDuration, formatRate, type Html, html } from "@nin/page";
import {
  type Augmentation,
  type EarlyStopping,
  type Monitor,
  type Optimizer,
  type Schedule,
  SpecError,
  summarize,
} from "@nin/spec";
import type { RunConfig } from "@nin/training/node";
import { planOf, type RunHistory } from "./run-history.js";

interface Fact {
  readonly name: string;
  readonly value: string;
  readonly note?: string;
}

/** What was trained, how, and where. */
export function runFacts(config: RunConfig, history: RunHistory): Html {
  const facts = [
    modelFact(config),
    ...parametersFact(config),
    dataFact(config),
    ...recipeFacts(config),
    progressFact(config, history),
    { name: "Backend", value: config.backend, note: deviceNote(config) },
    ...timeFacts(history),
    versionsFact(config),
  ];
  return html`<section aria-labelledby="run-heading">
<h2 id="run-heading">Run</h2>
<dl class="facts">
${facts.map(factRow)}</dl>
</section>`;
}

function factRow({ name, value, note }: Fact): Html {
  return html`<div><dt>${name}</dt><dd>${value}${note !== undefined && html` <span class="fact-note">${note}</span>`}</dd></div>
`;
}

function modelFact({ architecture }: RunConfig): Fact {
  const { channels, height, width } = architecture.input;
  return { name: "Model", value: architecture.name, note: `input ${channels}\u00d7${height}\u00d7${width}` };
}

/** Nothing for an architecture that spec cannot count: the page is still worth having. */
function parametersFact({ architecture }: RunConfig): Fact[] {
  try {
    const { parameters, macs } = summarize(architecture);
    return [
      {
        name: "Parameters",
        value: formatCount(parameters),
        note: `${formatCount(macs)} multiply-adds per image`,
      },
    ];
  } catch (error) {
    if (error instanceof SpecError) return [];
    throw error;
  }
}

function dataFact(config: RunConfig): Fact {
  const { source, limit, train, test } = config.data;
  const { trainingImages } = planOf(config);
  const validationImages = Math.min(train.count, limit ?? train.count) - trainingImages;
  const first = limit !== null && limit <= train.count ? "the first " : "";
  return {
    name: "Data",
    value: source,
    note: `${first}${[
      counted(trainingImages, "training image"),
      ...(validationImages === 0 ? [] : [counted(validationImages, "validation image")]),
      counted(test.count, "test image"),
    ].join(", ")}`,
  };
}

function recipeFacts({ recipe }: RunConfig): Fact[] {
  return [
    { name: "Recipe", value: recipe.name },
    { name: "Optimizer", value: optimizerText(recipe.optimizer) },
    { name: "Schedule", value: scheduleText(recipe.schedule) },
    ...(recipe.earlyStopping === undefined
      ? []
      : [{ name: "Early stopping", value: earlyStoppingText(recipe.earlyStopping) }]),
    ...(recipe.augmentation === undefined
      ? []
      : [{ name: "Augmentation", value: augmentationText(recipe.augmentation) }]),
    { name: "Batch size", value: formatCount(recipe.batchSize) },
    { name: "Seed", value: String(recipe.seed) },
  ];
}

function progressFact(config: RunConfig, { stepsDone }: RunHistory): Fact {
  const { steps, stepsPerEpoch } = planOf(config, stepsDone);
  return {
    name: "Steps",
    value: `${formatCount(stepsDone)} of ${formatCount(steps)}`,
    note: `${formatCount(stepsPerEpoch)} per epoch`,
  };
}

function deviceNote({ device, precision, convolution, threads }: RunConfig): string {
  const arithmetic = convolution === undefined ? [] : [`${convolution} convolutions`];
  const parts = [device, precision, ...arithmetic, ...(threads === null ? [] : [counted(threads, "thread")])];
  return parts.join(", ");
}

function timeFacts({ imagesPerSecond, elapsedMs, epochs }: RunHistory): Fact[] {
  const speed = imagesPerSecond !== null && {
    name: "Speed",
    value: `${formatRate(imagesPerSecond)} images/s`,
    note: epochs.length > 1 ? "training, median over epochs" : "training",
  };
  const time = elapsedMs !== null && {
    name: "Time",
    value: formatDuration(elapsedMs),
    note: "including evaluation",
  };
  return [speed, time].filter((fact) => fact !== false);
}

function versionsFact({ versions }: RunConfig): Fact {
  return {
    name: "Versions",
    value: Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(", "),
  };
}

/** `AdamW, learning rate 0.003, weight decay 0.0001`; what has no effect or its default value is omitted. */
export function optimizerText(optimizer: Optimizer): string {
  const { learningRate, weightDecay } = optimizer;
  const own =
    optimizer.kind === "sgd"
      ? [optimizer.momentum !== 0 && `momentum ${optimizer.momentum}`]
      : [
          (optimizer.beta1 !== 0.9 || optimizer.beta2 !== 0.999) &&
            `betas ${optimizer.beta1} and ${optimizer.beta2}`,
          optimizer.epsilon !== 1e-8 && `epsilon ${optimizer.epsilon}`,
        ];
  return [
    optimizer.kind === "sgd" ? "SGD" : "AdamW",
    `learning rate ${learningRate}`,
    ...own,
    weightDecay !== 0 && `weight decay ${weightDecay}`,
  ]
    .filter((part) => part !== false)
    .join(", ");
}

/** `cosine, 50 warm-up steps`. */
export function scheduleText(schedule: Schedule): string {
  const { warmupSteps } = schedule;
  const warmup = warmupSteps === 0 ? [] : [counted(warmupSteps, "warm-up step")];
  return [kindText(schedule), ...warmup].join(", ");
}

function kindText(schedule: Schedule): string {
  switch (schedule.kind) {
    case "multiStep":
      return `times ${schedule.gamma} after ${schedule.milestones.length === 1 ? "epoch" : "epochs"} ${schedule.milestones.join(", ")}`;
    case "plateau":
      return `times ${schedule.factor} on a plateau of ${monitorText(schedule.monitor)}, patience ${counted(schedule.patience, "epoch")}`;
    default:
      return schedule.kind;
  }
}

/** `validation loss, patience 5 epochs`. */
export function earlyStoppingText({ monitor, patience, minDelta }: EarlyStopping): string {
  const least = minDelta === 0 ? [] : [`improvement above ${minDelta}`];
  return [monitorText(monitor), `patience ${counted(patience, "epoch")}`, ...least].join(", ");
}

function monitorText(monitor: Monitor = "validationLoss"): string {
  return monitor === "validationLoss" ? "validation loss" : "validation accuracy";
}

/** `flipped with probability 0.5, cropped from a padding of 4 pixels`. */
export function augmentationText({ horizontalFlip, cropPadding }: Augmentation): string {
  const parts = [
    horizontalFlip > 0 && `flipped with probability ${horizontalFlip}`,
    cropPadding > 0 && `cropped from a padding of ${counted(cropPadding, "pixel")}`,
  ].filter((part) => part !== false);
  return parts.length === 0 ? "none" : parts.join(", ");
}
