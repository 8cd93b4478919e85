import {
  accuracyChart,
  type StudyChart,
  settingColumn,
  studyChartSvg,
  studyColumns,
  studyMarkdownTable,
} from "@nin/study/node";
import { classScoresTable } from "./class-scores.js";
import { type ExercisePage, NOT_RUN, type Results } from "./render.js";
import { resourcesPage } from "./resources.js";

/** The networks of the studies, as a reader knows them. */
const NETWORKS: Readonly<Record<string, string>> = {
  "nin-mnist": "NiN",
  "nin-mnist?mlpConvs=0": "0: a plain convolution",
  "nin-mnist?mlpConvs=1": "1",
  "nin-mnist?mlpConvs=2": "2: NiN",
  "nin-mnist?mlpConvs=3": "3",
  "nin-mnist?mlpConvs=4": "4",
  "nin-mnist?mlpKernelSize=3": "3x3 instead of 1x1",
  "alexnet?size=80": "AlexNet, 80 x 80",
  "vgg11?size=32": "VGG-11, 32 x 32",
};

const { testAccuracy, testAccuracyRange, runs, parameters, macs, imagesPerSecond, elapsedMs, warnings } =
  studyColumns;
const OF_NETWORKS = [testAccuracy, testAccuracyRange, runs, parameters, macs, imagesPerSecond, elapsedMs];
const network = (title = "Network") => settingColumn("model", { title, texts: NETWORKS });

type Columns = Parameters<typeof studyMarkdownTable>[1];

function table(study: string, columns: Columns): (results: Results) => string {
  return (results) => {
    const found = results.study(study);
    return found === undefined ? NOT_RUN : studyMarkdownTable(found, columns);
  };
}

function chart(study: string, made: StudyChart): (results: Results) => string | undefined {
  return (results) => {
    const found = results.study(study);
    return found && studyChartSvg(found, made);
  };
}

const named = ({
  runs: [first],
}: {
  readonly runs: readonly { readonly settings: { readonly model?: unknown } }[];
}) => {
  const model = String(first?.settings.model);
  return NETWORKS[model] ?? model;
};
const byMacs = (title: string, isConnected = false): StudyChart =>
  accuracyChart(
    title,
    { label: "Multiply-accumulates an image", scale: "log", value: (group) => group.macs },
    { label: named, isConnected },
  );

/** The pages of docs/exercises that have tables. */
export const pages: readonly ExercisePage[] = [
  {
    name: "1x1-convolutions",
    blocks: {
      table: table("1x1-convolutions", [network("1x1 convolutions a block"), ...OF_NETWORKS, warnings]),
    },
    charts: {
      "1x1-convolutions": chart(
        "1x1-convolutions",
        byMacs("1x1 convolutions a block: accuracy and computation", true),
      ),
    },
  },
  {
    name: "3x3-instead-of-1x1",
    blocks: { table: table("3x3-instead-of-1x1", [network(), ...OF_NETWORKS, warnings]) },
    charts: {},
  },
  {
    name: "alexnet-and-vgg",
    blocks: { table: table("nin-alexnet-vgg", [network(), ...OF_NETWORKS, warnings]) },
    charts: {
      "alexnet-and-vgg": chart(
        "nin-alexnet-vgg",
        byMacs("NiN, AlexNet and VGG-11: accuracy and computation"),
      ),
    },
  },
  {
    name: "why-training-fails",
    blocks: {
      d2l: classScoresTable("class-scores-d2l"),
      robust: table("robust-20-seeds", [
        settingColumn("recipe"),
        testAccuracy,
        testAccuracyRange,
        runs,
        warnings,
      ]),
      ablation: table("robust-ablation", undefined),
    },
    charts: {},
  },
];
