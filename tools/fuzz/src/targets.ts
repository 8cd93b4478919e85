import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { crc32 } from "node:zlib";
import { readOnnxWeights } from "@nin/backend-onnxruntime/export";
import { importLayersModel, type LayersModelJson } from "@nin/backend-tfjs";
import { readLayersModel, readLayersModelMetadata } from "@nin/backend-tfjs/node";
import { compareResults, markdownOf, readResult } from "@nin/bench";
import { isInMemory, readImages } from "@nin/data";
import { datasetFromFiles } from "@nin/data/browser";
import { loadDataset, materialize } from "@nin/data/node";
import { readJsonFile } from "@nin/files";
import { fitParameters, floatTensors, parseSafetensors } from "@nin/safetensors";
import { readSafetensors } from "@nin/safetensors/node";
import {
  builtinArchitecture,
  inferLayers,
  parseArchitecture,
  parseJson,
  parseRecipe,
  readModelMetadata,
  shownValue,
  summarize,
} from "@nin/spec";
import { type CreateSha256, readRunFolder, runFolderFiles } from "@nin/training";
import { loadWeightsFrom, openRun, readRunCurves, resumeRun, summarizeRun } from "@nin/training/node";
import { imageTargets } from "./image-targets.js";
import { mutateBytes, mutateJson, mutateValue, type Random } from "./mutate.js";
import { type Samples, smallArchitecture, storedStream, WEIGHTS_FILE, writeFiles } from "./samples.js";
import { studyTargets } from "./study-targets.js";

/** Something that reads what others wrote. */
export interface Target {
  readonly name: string;
  /** Makes an input and has it read; what that throws is judged. */
  run(samples: Samples, random: Random): Promise<unknown> | unknown;
}

/** What reads files, each called with many changed inputs in one process. */
export const targets: readonly Target[] = [
  {
    name: "architecture",
    run: ({ json }, random) => {
      const architecture = parseArchitecture(parseJson(changedJson(json.architecture, random), "a.json"));
      inferLayers(architecture);
      return summarize(architecture);
    },
  },
  {
    name: "architecture value",
    run: ({ json }, random) => parseArchitecture(mutateValue(random.pick(json.architecture), random)),
  },
  {
    name: "recipe",
    run: ({ json }, random) => parseRecipe(parseJson(changedJson(json.recipe, random), "r.json")),
  },
  {
    name: "model name",
    run: (_, random) => {
      const name = random.pick([
        "nin",
        "nin?mlpConvs=3",
        "nin-mnist?classes=12&channels=3",
        "nin?size=224&head=linear",
      ]);
      const changed = random.pick([
        () => mutateBytes(Buffer.from(name), random).toString("latin1"),
        // Often a name of another network.
        () => name.replace(/\d+/, () => `${random.pick([0, 1, 2, 3, 4, 10, 64, 300])}`),
      ]);
      return summarize(builtinArchitecture(changed()));
    },
  },
  {
    name: "JSON file",
    run: async ({ folder, json }, random) => {
      const path = join(folder, "any.json");
      await writeFile(path, changedJson([...json.architecture, ...json.recipe, json.layersModel], random));
      return shownValue(await readJsonFile(path));
    },
  },
  {
    name: "safetensors",
    run: ({ safetensors }, random) =>
      floatTensors(parseSafetensors(mutateBytes(safetensors, random), "a"), "a"),
  },
  {
    name: "safetensors header",
    run: ({ safetensors }, random) => parseSafetensors(withChangedHeader(safetensors, random), "a"),
  },
  {
    name: "weights by name",
    run: ({ safetensors }, random) => {
      // Changed names are mostly unknown ones; a changed prefix leaves what fits.
      const header = random.chance(0.3) ? safetensors : withChangedHeader(safetensors, random);
      const prefix = random.pick(["", "model.", "net.", "."]);
      const named = [...parseSafetensors(header, "a").tensors];
      const tensors = new Map(named.map(([name, tensor]) => [`${prefix}${name}`, tensor]));
      return fitParameters(smallArchitecture, tensors, { newHead: random.chance(0.5) });
    },
  },
  {
    name: "metadata of weights",
    run: ({ metadata }, random) => {
      const key = random.pick([...metadata.keys()]);
      const text = metadata.get(key) ?? "";
      const changed = random.chance(0.5)
        ? mutateJson(JSON.parse(text), random)
        : `${mutateBytes(Buffer.from(text), random)}`;
      return readModelMetadata(new Map([...metadata, [key, changed]]));
    },
  },
  {
    name: "ONNX model",
    run: ({ onnx }, random) => {
      const { tensors, metadata } = readOnnxWeights(mutateBytes(onnx, random), "a");
      readModelMetadata(metadata);
      return fitParameters(smallArchitecture, tensors, { ignoreExtra: true });
    },
  },
  {
    name: "safetensors file",
    run: async ({ folder, safetensors }, random) => {
      const path = join(folder, "any.safetensors");
      await writeFile(
        path,
        random.chance(0.5) ? mutateBytes(safetensors, random) : withChangedHeader(safetensors, random),
      );
      return readSafetensors(path);
    },
  },
  {
    name: "layers model",
    run: async ({ folder, json, layersWeights }, random) => {
      const path = join(folder, "layers/model.json");
      const weights = random.chance(0.3) ? mutateBytes(layersWeights, random) : layersWeights;
      await writeFiles(
        dirname(path),
        new Map<string, Uint8Array | string>([
          ["model.json", changedJson([json.layersModel], random)],
          [WEIGHTS_FILE, weights],
        ]),
      );
      await readLayersModelMetadata(path);
      return readLayersModel(path);
    },
  },
  {
    name: "layers model value",
    run: ({ json, layersWeights }, random) =>
      importLayersModel(mutateValue(json.layersModel, random) as LayersModelJson, layersWeights),
  },
  {
    name: "data folder",
    run: async ({ folder, idx }, random) => {
      const place = join(folder, "any-data");
      await writeFiles(place, changedFile(idx, random));
      return loadDataset(place);
    },
  },
  {
    name: "cache of decoded images",
    run: async ({ folder, imageCache: { name, bytes } }, random) => {
      const cacheFolder = join(folder, "any-cache");
      const changed = random.chance(0.5) ? mutateBytes(bytes, random) : withChangedRecord(bytes, random);
      await writeFiles(cacheFolder, new Map([[join("images", name), changed]]));
      const stream = storedStream();
      const source = await materialize(stream, { memoryBytes: 0, cacheFolder });
      try {
        let position = 0;
        // Of each one its own bytes, or an error, whatever was changed.
        for await (const image of stream.decode()) {
          const read = await readImages(source, Uint32Array.of(position));
          if (!Buffer.from(image).equals(read)) throw new Error(`image ${position} is another one`);
          position += 1;
        }
      } finally {
        if (!isInMemory(source)) await source.dispose?.();
      }
    },
  },
  {
    name: "run, read",
    run: async ({ folder, run }, random) => {
      const place = await freshFolder(folder, "read-run");
      await writeFiles(place, changedFile(run, random));
      const opened = await openRun(place);
      await opened.metrics();
      await readRunCurves(place);
      await summarizeRun(place);
      return loadWeightsFrom(place);
    },
  },
  {
    name: "run, resumed",
    run: async ({ folder, run }, random) => {
      const place = await freshFolder(folder, "resumed-run");
      const lock = JSON.stringify({ pid: 999_999_999, host: "elsewhere" });
      const files = random.chance(0.1)
        ? new Map<string, Uint8Array>([...run, ["lock", mutateBytes(Buffer.from(lock), random)]])
        : run;
      await writeFiles(place, changedFile(files, random));
      await (await resumeRun(place)).dispose();
    },
  },
  {
    name: "run, as files",
    run: ({ run }, random) => {
      const encoder = new TextEncoder();
      const files = [...changedFile(run, random)].map(
        ([path, bytes]) =>
          [`run/${path}`, typeof bytes === "string" ? encoder.encode(bytes) : bytes] as const,
      );
      const found = readRunFolder(new Map(files), createSha256);
      return runFolderFiles(found, createSha256);
    },
  },
  {
    name: "files in a page",
    run: ({ idx }, random) => {
      const files = [...changedFile(idx, random)].map(
        ([name, bytes]) => new File([typeof bytes === "string" ? bytes : Uint8Array.from(bytes)], name),
      );
      const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
      return datasetFromFiles(files, { channels: 1, height: 8, width: 8, sha256 });
    },
  },
  {
    name: "benchmark result",
    run: async ({ folder, benchResult }, random) => {
      const path = join(folder, "any-result.json");
      await writeFile(path, changedJson([benchResult], random));
      const result = await readResult(path);
      markdownOf(result);
      return compareResults(result, result, 0.1);
    },
  },
  ...imageTargets,
  ...studyTargets,
];

const createSha256: CreateSha256 = () => {
  const hash = createHash("sha256");
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest("hex") };
};

/** Changed as a value, or, less often, as text. */
function changedJson(samples: readonly unknown[], random: Random): string {
  const sample = random.pick(samples);
  if (random.chance(0.7)) return mutateJson(sample, random);
  return mutateBytes(Buffer.from(JSON.stringify(sample)), random).toString("utf8");
}

/** One of the files changed: as JSON where it is, else its bytes. */
function changedFile(
  files: ReadonlyMap<string, Uint8Array>,
  random: Random,
): ReadonlyMap<string, Uint8Array | string> {
  const changed = random.pick([...files.keys()]);
  return new Map(
    [...files].map(([name, bytes]): readonly [string, Uint8Array | string] => {
      if (name !== changed) return [name, bytes];
      const asJson = name.endsWith(".json") && random.chance(0.6);
      return [
        name,
        asJson
          ? mutateJson(JSON.parse(Buffer.from(bytes).toString("utf8")), random)
          : mutateBytes(bytes, random),
      ];
    }),
  );
}

/** The header's JSON changed, with the checksum that it then has. */
function withChangedRecord(bytes: Uint8Array, random: Random): Buffer {
  const [firstLine = "", record = ""] = Buffer.from(bytes).toString("latin1").split("\n", 2);
  const rest = Buffer.from(`${mutateJson(JSON.parse(record), random)}\n`.padEnd(4096 - firstLine.length - 1));
  const sum = crc32(rest).toString(16).padStart(8, "0");
  return Buffer.concat([Buffer.from(`nin-images 1 ${sum}\n`), rest, bytes.subarray(4096)]);
}

function withChangedHeader(safetensors: Uint8Array, random: Random): Buffer {
  const file = Buffer.from(safetensors);
  const end = 8 + Number(file.readBigUInt64LE(0));
  const header = Buffer.from(mutateJson(JSON.parse(file.subarray(8, end).toString("utf8")), random));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, file.subarray(end)]);
}

async function freshFolder(folder: string, name: string): Promise<string> {
  const place = join(folder, name);
  await rm(place, { recursive: true, force: true });
  await mkdir(place);
  return place;
}
