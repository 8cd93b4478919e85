import { mkdir, mkdtemp, readdir, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { exportOnnx } from "@nin/backend-onnxruntime/export";
import { createReferenceBackend } from "@nin/backend-reference";
import { exportLayersModel, WEIGHTS_FILE } from "@nin/backend-tfjs";
import { type DatasetPair, type ImageDataset, type ImageStream, isInMemory, resolveRecipe } from "@nin/data";
import { imageCache, materialize } from "@nin/data/node";
import { serializeSafetensors, type WritableTensor } from "@nin/safetensors";
import {
  at,
  builtinArchitecture,
  builtinRecipe,
  initialParameters,
  modelMetadata,
  parseArchitecture,
  parseRecipe,
} from "@nin/spec";
import { createRun, describeData, trainRun } from "@nin/training/node";

/** A network so small that everything done with it is quick. */
export const smallArchitecture = parseArchitecture({
  format: "nin-architecture",
  version: 1,
  name: "small",
  input: { channels: 1, height: 8, width: 8 },
  layers: [
    { kind: "ninBlock", outChannels: 4, kernelSize: 3, padding: 1 },
    { kind: "maxPool2d", kernelSize: 3, stride: 2 },
    { kind: "dropout", rate: 0.5 },
    { kind: "ninBlock", outChannels: 10, kernelSize: 3, stride: 1, padding: 1 },
    { kind: "globalAvgPool2d" },
    { kind: "flatten" },
  ],
});

/** Good files of every kind, which the fuzzers change. */
export interface Samples {
  readonly folder: string;
  /** Values of JSON files, by kind. */
  readonly json: {
    readonly architecture: readonly unknown[];
    readonly recipe: readonly unknown[];
    readonly layersModel: unknown;
  };
  /** What `nin bench` and `nin conformance` write. */
  readonly benchResult: unknown;
  readonly conformanceRun: unknown;
  /** Images and labels for `nin gradients`. */
  readonly input: Uint8Array;
  readonly safetensors: Uint8Array;
  readonly onnx: Uint8Array;
  /** What those files say of their network. */
  readonly metadata: ReadonlyMap<string, string>;
  readonly layersWeights: Uint8Array;
  /** The four IDX files, by the names they have in a folder. */
  readonly idx: ReadonlyMap<string, Uint8Array>;
  /** A cache file of `storedStream`, and the name that it has in the cache. */
  readonly imageCache: { readonly name: string; readonly bytes: Uint8Array };
  /** The files of a run, by their paths in its folder. */
  readonly run: ReadonlyMap<string, Uint8Array>;
}

const RUN_FILES = [
  "config.json",
  "metrics.jsonl",
  "checkpoints/latest",
  "checkpoints/4/state.json",
  "checkpoints/4/weights.safetensors",
  "checkpoints/4/optimizer.safetensors",
] as const;

/** Makes the samples in a new temporary folder. */
export async function makeSamples(): Promise<Samples> {
  const folder = await mkdtemp(join(tmpdir(), "nin-fuzz-"));
  const recipe = builtinRecipe("robust");
  const parameters = initialParameters(smallArchitecture, recipe.init, 1);
  const description = {
    classNames: Array.from({ length: 10 }, (_, index) => `class ${index}`),
    preprocessing: { mean: 0.25, std: 0.5 },
    image: smallArchitecture.input,
    version: "1.2.3",
  };
  const metadata = modelMetadata({ architecture: smallArchitecture, ...description });
  const layersModel = exportLayersModel(smallArchitecture, parameters, description);
  const run = join(folder, "run");
  await makeRun(run);
  return {
    folder,
    json: {
      architecture: [
        smallArchitecture,
        builtinArchitecture("nin-mnist"),
        builtinArchitecture("nin?head=linear"),
      ],
      recipe: [
        recipe,
        builtinRecipe("d2l"),
        parseRecipe({ ...recipe, optimizer: { kind: "adamw", learningRate: 1e-3 } }),
      ],
      layersModel: layersModel.json,
    },
    benchResult: await committedJson("results/bench/quick/result.json"),
    conformanceRun: await committedJson("results/conformance/reference-cpu.json"),
    input: serializeSafetensors(inputTensors()),
    safetensors: serializeSafetensors(parameters, new Map([["origin", "fuzz"], ...metadata])),
    onnx: exportOnnx(smallArchitecture, parameters, { description }),
    metadata,
    layersWeights: layersModel.weights,
    idx: idxFiles(),
    imageCache: await makeImageCache(join(folder, "cache")),
    run: new Map(
      await Promise.all(RUN_FILES.map(async (name) => [name, await readFile(join(run, name))] as const)),
    ),
  };
}

export { WEIGHTS_FILE };

/** Twenty images to train on and ten to test. */
export function smallData(): DatasetPair {
  const split = (count: number): ImageDataset => ({
    name: "fuzz",
    classes: 10,
    classNames: Array.from({ length: 10 }, (_, label) => `${label}`),
    channels: 1,
    height: 8,
    width: 8,
    count,
    images: Uint8Array.from({ length: count * 64 }, (_, index) => (index * 37) % 256),
    labels: Uint8Array.from({ length: count }, (_, index) => index % 10),
  });
  return { train: split(20), test: split(10) };
}

/** Writes files into a folder, making those on the way. */
export async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, Uint8Array | string>,
): Promise<void> {
  for (const [name, content] of files) {
    await mkdir(join(folder, name, ".."), { recursive: true });
    await writeFile(join(folder, name), content);
  }
}

async function committedJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(new URL(`../../../${path}`, import.meta.url), "utf8"));
}

function inputTensors(): ReadonlyMap<string, WritableTensor> {
  const images = Float32Array.from({ length: 2 * 64 }, (_, index) => (index % 17) / 17);
  return new Map<string, WritableTensor>([
    ["input", { shape: [2, 1, 8, 8], data: images }],
    ["labels", { shape: [2], data: BigInt64Array.of(3n, 7n) }],
  ]);
}

/** Trains four steps, so that what is written is what training writes. */
async function makeRun(folder: string): Promise<void> {
  const data = smallData();
  const recipe = await resolveRecipe({ ...builtinRecipe("robust"), batchSize: 4, epochs: 2 }, data.train);
  const run = await createRun(folder, {
    architecture: smallArchitecture,
    recipe,
    data: await describeData(data, join(folder, "../data"), null),
    backend: "reference",
    device: "cpu",
    precision: "f32",
    threads: null,
    maxSteps: 4,
    logEvery: 1,
    checkpointEvery: 4,
    evalLimit: null,
    versions: {},
  });
  const images = {
    channels: 1,
    height: 8,
    width: 8,
    preprocessing: recipe.preprocessing,
  };
  const model = await createReferenceBackend().compile(smallArchitecture, {
    imageFormat: images,
    maxBatch: 4,
  });
  try {
    await trainRun(run, { model, data });
  } finally {
    await Promise.all([run.dispose(), model.dispose()]);
  }
}

/** Images that are stored, a few bytes each. */
export function storedStream(): ImageStream {
  const { images, ...description } = smallData().train;
  const size = images.length / description.count;
  return {
    ...description,
    key: "fuzz",
    async *decode() {
      for (let start = 0; start < images.length; start += size) yield images.slice(start, start + size);
    },
  };
}

async function makeImageCache(cacheFolder: string): Promise<Samples["imageCache"]> {
  const stored = await materialize(storedStream(), { memoryBytes: 0, cacheFolder });
  if (!isInMemory(stored)) await stored.dispose?.();
  const { folder } = await imageCache(cacheFolder);
  const name = at(await readdir(folder), 0);
  return { name, bytes: await readFile(join(folder, name)) };
}

function idxFiles(): ReadonlyMap<string, Uint8Array> {
  const { train, test } = smallData();
  const idx = (shape: readonly number[], data: Uint8Array): Uint8Array => {
    const header = Buffer.alloc(4 + 4 * shape.length);
    header.writeUInt32BE(0x0800 + shape.length);
    for (const [axis, extent] of shape.entries()) header.writeUInt32BE(extent, 4 + 4 * axis);
    return Buffer.concat([header, data]);
  };
  return new Map([
    ["train-images-idx3-ubyte.gz", gzipSync(idx([20, 8, 8], train.images))],
    ["train-labels-idx1-ubyte", idx([20], Uint8Array.from(train.labels))],
    ["t10k-images-idx3-ubyte", idx([10, 8, 8], test.images)],
    ["t10k-labels-idx1-ubyte.gz", gzipSync(idx([10], Uint8Array.from(test.labels)))],
  ]);
}
