import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { builtinArchitecture, builtinRecipe, parseJson, summarize } from "@nin/spec";
import { parseStudy, parseStudyResults, studyResultsCsv } from "@nin/study";
import { planRuns, studyMarkdownTable, writeStudyPage } from "@nin/study/node";
import { parseQueueKind, parseStudyJob, shownDatabaseUrl } from "@nin/study/queue";
import { mutateBytes, mutateJson, type Random } from "./mutate.js";
import type { Samples } from "./samples.js";

const study = {
  ...{ format: "nin-study", version: 1, name: "study", question: "Which?" },
  base: { model: "nin-mnist", recipe: "d2l", data: "synthetic", "recipe.optimizer.momentum": 0.9 },
  grid: { "recipe.epochs": [1, 2], seed: [0, 1], limit: [null, 100] },
  random: { count: 2, seed: 3, "recipe.optimizer.learningRate": { logUniform: [0.001, 0.1] } },
  runs: [{ model: "nin-mnist?mlpConvs=1" }],
};

const run = {
  ...{ id: "0123456789abcdef", settings: { model: "nin-mnist", seed: 0 }, status: "finished", attempts: 1 },
  ...{ worker: null, epochs: 2, testAccuracy: 0.9, testLoss: 0.3, imagesPerSecond: 100, elapsedMs: 1000 },
  ...{
    parameters: 1000,
    macs: 20_000,
    warnings: ["plateau"],
    error: { code: "NIN_RUNTIME", message: "it failed" },
  },
};
/** The results of a study, as its folder has them. */
export const studyResults = {
  ...{ format: "nin-study-results", version: 1, study: "study" },
  runs: [run, { ...run, id: "0123456789abcdee", settings: { model: "vgg11", seed: 1 } }],
};

const data = {
  ...{ name: "synthetic", limit: 100 },
  ...{ train: { count: 100, sha256: "a".repeat(64) }, test: { count: 10, sha256: "b".repeat(64) } },
};
const job = {
  ...{ format: "nin-study-job", version: 1, study: "study", run: "0123456789abcdef" },
  ...{
    architecture: builtinArchitecture("nin-mnist"),
    recipe: builtinRecipe("d2l"),
    isSized: true,
    epochs: 2,
  },
  ...{ data, backend: "onnxruntime", device: "cpu", precision: "f32", threads: null },
};
const queueKind = {
  ...{ version: 1, backend: "onnxruntime", device: null, data },
  input: { channels: 1, height: 28, width: 28 },
};
const ADDRESS = "postgres://ada:tiger%2F@db.example:5432/studies?sslmode=require&password=secret";

/** What reads studies and their results, also from a database. */
export const studyTargets = [
  {
    name: "study",
    run: (_: Samples, random: Random) =>
      planRuns(parseStudy(parseJson(changed(study, random), "s.json")), "/nothing"),
  },
  {
    name: "results of a study",
    run: (_: Samples, random: Random) => {
      const read = parseStudyResults(parseJson(changed(studyResults, random), "r.json"));
      return [studyResultsCsv(read), studyMarkdownTable(read)];
    },
  },
  {
    name: "study on a queue",
    run: (_: Samples, random: Random) => {
      const readers = [
        () => summarize(parseStudyJob(parseJson(changed(job, random), "j.json")).architecture),
        () => parseQueueKind(parseJson(changed(queueKind, random), "q.json")),
        () => shownDatabaseUrl(`${mutateBytes(Buffer.from(ADDRESS), random)}`),
      ];
      return random.pick(readers)();
    },
  },
  {
    name: "folder of a study",
    run: async ({ folder }: Samples, random: Random) => {
      const place = join(folder, "any-study");
      await rm(place, { recursive: true, force: true });
      await mkdir(place);
      await writeFile(join(place, "results.json"), changed(studyResults, random));
      await writeFile(join(place, "study.json"), changed({ name: "study", question: "Which?" }, random));
      return writeStudyPage(place);
    },
  },
];

function changed(json: object, random: Random): string {
  const text = mutateJson(structuredClone(json), random);
  return random.chance(0.3) ? `${mutateBytes(Buffer.from(text), random)}` : text;
}
