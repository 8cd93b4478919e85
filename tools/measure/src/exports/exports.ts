import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { readOnnxWeights } from "@nin/backend-onnxruntime/export";
import { firstImages, type ImageDataset, isInMemory } from "@nin/data";
import { loadDataset } from "@nin/data/node";
import { loadBackend } from "@nin/registry";
import { readModelMetadata } from "@nin/spec";
import { evaluateModel } from "@nin/training";
import { describeRun, loadWeightsFrom } from "@nin/training/node";
import { Command } from "commander";
import { runNin, runPython } from "../support/child-process.js";
import { dataOption, outOption, positiveInteger, pythonOption } from "../support/options.js";
import { environment, writeResult } from "../support/result.js";
import { layersModelLabels, onnxLabels } from "./labels.js";
import { pictureLabels } from "./pictures.js";

interface Options {
  readonly run: string;
  readonly data: string;
  readonly python: string;
  readonly limit?: number;
  readonly out?: string;
}

/** Labels by what computed them. */
type Labels = Readonly<Record<string, ArrayLike<number>>>;

export function exportsCommand(): Command {
  return new Command("exports")
    .description("whether every export of a run predicts, in other runtimes, the labels that the run does")
    .requiredOption("--run <folder>", "a run trained on Fashion-MNIST")
    .option("--limit <n>", "number of test images, the first ones (default: all)", positiveInteger)
    .addOption(dataOption())
    .addOption(pythonOption())
    .addOption(outOption())
    .action(async (options: Options) => {
      const folder = await mkdtemp(join(tmpdir(), "nin-exports-"));
      try {
        const result = await measureExports(options, folder);
        console.log(JSON.stringify(result, undefined, 2));
        if (options.out !== undefined) await writeResult(options.out, result);
        if (result.differing > 0) process.exitCode = 1;
      } finally {
        await rm(folder, { recursive: true });
      }
    });
}

async function measureExports({ run: given, data, python, limit }: Options, folder: string) {
  const run = resolve(given);
  const { test } = await loadDataset(data);
  if (!isInMemory(test)) throw new Error("the test images are not in memory");
  const images = limit === undefined ? test : firstImages(test, limit);
  const { expected, accuracy } = await ownLabels(run, images);
  await exportAll(run, folder);
  const fromPython = JSON.parse(
    (
      await runPython(python, "exported_labels.py", [folder, "--data", data, "--limit", `${images.count}`])
    ).toString("utf8"),
  ) as { readonly versions: object; readonly labels: Labels };
  const labels: Labels = {
    ...(await javaScriptLabels(folder, images)),
    ...fromPython.labels,
    "nin predict of PNG files": await pictureLabels(run, images, folder),
  };
  const differing = Object.fromEntries(
    Object.entries(labels).map(([name, found]) => [name, countDiffering(expected, found)]),
  );
  return {
    environment: { ...(await environment()), ...fromPython.versions },
    architecture: (await loadWeightsFrom(run)).config?.architecture.name,
    images: images.count,
    accuracy,
    differing: Object.values(differing).reduce((sum, count) => sum + count, 0),
    differingLabels: differing,
  };
}

/** The labels by the run itself, on ONNX Runtime's CPU device. */
async function ownLabels(run: string, images: ImageDataset) {
  const { config, parameters } = await loadWeightsFrom(run);
  if (config === undefined) throw new Error(`${run}: expected a run`);
  const { image, preprocessing } = describeRun(config);
  const backend = await loadBackend("onnxruntime");
  const imageFormat = { ...image, preprocessing };
  await using model = await backend.compile(config.architecture, { device: "cpu", imageFormat });
  await model.writeParameters(parameters);
  const { predictions, accuracy } = await evaluateModel(model, images);
  return { expected: predictions, accuracy };
}

async function exportAll(run: string, folder: string): Promise<void> {
  const to = (name: string) => ["--output", join(folder, name)];
  for (const args of [
    ["export", run, "--format", "onnx", ...to("plain.onnx")],
    ["export", run, "--format", "onnx", "--with-preprocessing", ...to("whole.onnx")],
    ["export", run, "--format", "safetensors", ...to("weights.safetensors")],
    ["export", run, "--format", "tfjs", ...to("layers")],
    // For the tutorial's own module, whose names must be these.
    ["init", "nin", ...to("nin.safetensors")],
  ]) {
    const status = await runNin(args);
    if (status !== 0) throw new Error(`nin ${args.join(" ")}: status ${status}`);
  }
}

/** By onnxruntime-node, onnxruntime-web and stock TensorFlow.js; what they need to know stands in the files. */
async function javaScriptLabels(folder: string, images: ImageDataset): Promise<Labels> {
  const [plain, whole] = [
    await readFile(join(folder, "plain.onnx")),
    await readFile(join(folder, "whole.onnx")),
  ];
  const description = readModelMetadata(readOnnxWeights(plain).metadata);
  const node = await import("onnxruntime-node");
  const web = await import("onnxruntime-web");
  return {
    "onnxruntime-node": await onnxLabels(node, plain, images, description),
    "onnxruntime-node with preprocessing": await onnxLabels(node, whole, images),
    "onnxruntime-web": await onnxLabels(web, plain, images, description),
    "onnxruntime-web with preprocessing": await onnxLabels(web, whole, images),
    "TensorFlow.js": await layersModelLabels(join(folder, "layers"), images),
  };
}

function countDiffering(expected: ArrayLike<number>, found: ArrayLike<number>): number {
  if (found.length !== expected.length)
    throw new Error(`expected ${expected.length} labels, got ${found.length}`);
  return Array.from(expected).filter((label, index) => found[index] !== label).length;
}
