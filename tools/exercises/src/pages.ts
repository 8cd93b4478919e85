import {
  accuracyChart,
  type StudyChart,
  type StudyColumn,
  settingColumn,
  studyChartSvg,
  studyColumns,
  studyMarkdownTable,
} from "@nin/study/node";
import { classScoresTable, scoresChart, scoresTable, untrainedScoresTable } from "./class-scores.js";
import { gpuTable } from "./on-a-gpu.js";
import { type ExercisePage, NOT_RUN, type Results } from "./render.js";
import { resourcesPage } from "./resources.js";
import { speedColumns } from "./speeds.js";

/** The networks of the studies, as a reader knows them. */
const NETWORKS: Readonly<Record<string, string>> = {
  nin: "NiN",
  "nin-mnist": "NiN",
  ...Object.fromEntries(
    ["nin", "nin-mnist"].flatMap((name) =>
      ["0, a plain convolution", "1", "2, NiN", "3", "4"].map((text, count) => [
        `${name}?mlpConvs=${count}`,
        text,
      ]),
    ),
  ),
  "nin-mnist?mlpKernelSize=3": "3x3 instead of 1x1",
  "nin?mlpKernelSize=3": "3x3 instead of 1x1",
  "nin-mnist?head=linear": "linear layer on the last block's 10x7x7",
  "nin?head=linear": "linear layer on the last block's 10x5x5",
  "architectures/nin-mnist-linear-on-features.json": "linear layer on the features, 48x7x7",
  "architectures/nin-linear-on-features.json": "linear layer on the features, 384x5x5",
  "architectures/nin-mnist-4096-4096.json": "linear layers of 4,096, 4,096 and 10",
  "architectures/nin-4096-4096.json": "linear layers of 4,096, 4,096 and 10",
  "architectures/nin-mnist-direct.json": "48 to 10 at once (10, 10, 10)",
  "architectures/nin-mnist-gradual.json": "48 to 10 in steps (32, 16, 10)",
  "architectures/nin-gradual.json": "384 to 10 in steps (128, 32, 10)",
  "architectures/nin-late.json": "384 to 10 at the end (384, 384, 10)",
  alexnet: "AlexNet",
  vgg11: "VGG-11",
  "alexnet?size=80": "AlexNet, images of 80x80",
  "vgg11?size=32": "VGG-11, images of 32x32",
};
/** Where all of a study are NiN, and what distinguishes one is something else. */
const POOLED = { ...NETWORKS, nin: "global average pooling", "nin-mnist": "global average pooling" };
const REDUCING = {
  ...NETWORKS,
  nin: "384 to 10 at once (10, 10, 10): the tutorial's",
  "nin-mnist": "48 to 10 by way of more (128, 96, 10): the authors'",
};

const { testAccuracy, testAccuracyRange, runs, parameters, macs, warnings } = studyColumns;

/** The setting that a run of the ablation has and `robust` has not, in words. */
const INGREDIENTS: Readonly<Record<string, string>> = {
  "recipe.optimizer": "SGD at 0.05 instead of AdamW at 0.003",
  "recipe.optimizer.beta2": "beta2 of 0.999 instead of 0.98",
  "recipe.optimizer.weightDecay": "no weight decay instead of 0.05",
  "recipe.schedule": "constant rate instead of a cosine to 0",
  "recipe.schedule.warmupSteps": "no warm-up instead of 200 steps",
  "recipe.preprocessing": "pixels of 0 to 1 instead of standardized ones",
  "recipe.batchSize": "batches of 128 instead of 32",
  "recipe.init.weight": "Xavier weights instead of He weights",
  "recipe.init.overrides.last.bias": "last bias begins at 2 instead of 5",
  "recipe.init.overrides": "last bias begins at 0 instead of 5",
};
const replacedIngredient: StudyColumn = {
  title: "Recipe",
  value: (group) => replacedIngredient.text(group),
  text: ({ runs: [first] }) => {
    const changed = Object.keys(first?.settings ?? {}).filter((name) => Object.hasOwn(INGREDIENTS, name));
    return changed.map((name) => INGREDIENTS[name]).join(", ") || "the recipe as it is";
  },
};
/** The seed whose scores the page shows. */
const SHOWN_SEED = 3;

type Columns = Parameters<typeof studyMarkdownTable>[1];

function table(study: string, columns: (results: Results) => Columns): (results: Results) => string {
  return (results) => {
    const found = results.study(study);
    return found === undefined ? NOT_RUN : studyMarkdownTable(found, columns(results));
  };
}

function chart(study: string, made: StudyChart): (results: Results) => string | undefined {
  return (results) => {
    const found = results.study(study);
    return found && studyChartSvg(found, made);
  };
}

interface Comparison {
  /** The page's name. */
  readonly page: string;
  /** The name of its study, and of that with images of 224x224 without `-224`. */
  readonly study: string;
  /** What the networks of the study are called. */
  readonly texts?: Readonly<Record<string, string>>;
  /** The title of the first column. */
  readonly title?: string;
  /** The title of the chart. */
  readonly chart: string;
  readonly isConnected?: boolean;
}

/** A page that compares networks: a table, the time that the study at 224x224 needs, and accuracy over computation. */
function comparison({
  page,
  study,
  texts = NETWORKS,
  title = "Network",
  chart: chartTitle,
  isConnected = false,
}: Comparison): ExercisePage {
  const label: StudyChart["label"] = ({ runs: [first] }) => {
    const model = String(first?.settings.model);
    return texts[model] ?? model;
  };
  const x = { label: "Multiply-accumulates an image", scale: "log" } as const;
  return {
    name: page,
    blocks: {
      table: table(study, (results) => [
        settingColumn("model", { title, texts }),
        ...[testAccuracy, testAccuracyRange, runs, parameters, macs],
        ...speedColumns(results),
        warnings,
      ]),
      gpu: (results) => gpuTable(results.plan(`${study}-224`), texts),
    },
    charts: {
      [page]: chart(
        study,
        accuracyChart(chartTitle, { ...x, value: (group) => group.macs }, { label, isConnected }),
      ),
    },
  };
}

/** The pages of docs/exercises that have tables; one is written when its study has ended. */
export const pages: readonly ExercisePage[] = [
  comparison({
    page: "1x1-convolutions",
    study: "1x1-convolutions",
    title: "1x1 convolutions a block",
    chart: "1x1 convolutions a block: accuracy and computation",
    isConnected: true,
  }),
  comparison({
    page: "3x3-instead-of-1x1",
    study: "3x3-instead-of-1x1",
    chart: "3x3 instead of 1x1 convolutions: accuracy and computation",
  }),
  comparison({
    page: "global-average-pooling",
    study: "global-average-pooling",
    texts: POOLED,
    title: "Head",
    chart: "Heads: accuracy and computation",
  }),
  resourcesPage,
  comparison({
    page: "reducing-to-the-classes",
    study: "reducing-to-the-classes",
    texts: REDUCING,
    title: "Channels of the last block",
    chart: "Last blocks: accuracy and computation",
  }),
  comparison({
    page: "depth-family",
    study: "depth-family",
    chart: "The depth family: accuracy and computation",
    isConnected: true,
  }),
  comparison({
    page: "alexnet-and-vgg",
    study: "nin-alexnet-vgg",
    chart: "NiN, AlexNet and VGG-11: accuracy and computation",
  }),
  {
    name: "why-training-fails",
    blocks: {
      d2l: classScoresTable("class-scores-d2l"),
      scores: scoresTable("class-scores-d2l", SHOWN_SEED),
      untrained: untrainedScoresTable("untrained-scores"),
      robust: table("robust-20-seeds", () => [
        settingColumn("recipe"),
        ...[testAccuracy, testAccuracyRange, runs, warnings],
      ]),
      ablation: table("robust-ablation", () => [
        replacedIngredient,
        ...[testAccuracy, testAccuracyRange, runs, warnings],
      ]),
    },
    charts: { "why-training-fails": scoresChart("class-scores-d2l", SHOWN_SEED) },
  },
];
