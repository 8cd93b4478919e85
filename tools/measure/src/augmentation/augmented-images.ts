import { createHash } from "node:crypto";
import { loadDataset } from "@nin/data/node";
import { augmentImages, gatherBytes } from "@nin/spec";
import { Command } from "commander";
import { runPython } from "../support/child-process.js";
import { dataOption, outOption, pythonOption } from "../support/options.js";
import { environment, writeResult } from "../support/result.js";

/** Images of Fashion-MNIST, and how they are augmented. */
interface AugmentedSet {
  readonly seed: number;
  readonly epoch: number;
  readonly horizontalFlip: number;
  readonly cropPadding: number;
  /** An image of several channels is made of as many grey ones. */
  readonly channels: number;
  readonly count: number;
}

const COUNT = 10_000;
const SIDE = 28;

/** Seeds of one word and of two, first and last epochs, each change alone, and colour. */
const SETS: readonly AugmentedSet[] = [
  { seed: 0, epoch: 0, horizontalFlip: 0.5, cropPadding: 4, channels: 1, count: COUNT },
  { seed: 0, epoch: 1, horizontalFlip: 0.5, cropPadding: 4, channels: 1, count: COUNT },
  { seed: 7, epoch: 164, horizontalFlip: 0.3, cropPadding: 0, channels: 1, count: COUNT },
  { seed: 2 ** 32 + 1, epoch: 3, horizontalFlip: 0, cropPadding: 2, channels: 1, count: COUNT },
  {
    seed: Number.MAX_SAFE_INTEGER,
    epoch: 2 ** 32 - 1,
    horizontalFlip: 1,
    cropPadding: 31,
    channels: 1,
    count: COUNT,
  },
  { seed: 12, epoch: 5, horizontalFlip: 0.5, cropPadding: 4, channels: 3, count: COUNT },
];

export function augmentedImagesCommand(): Command {
  return new Command("augmented-images")
    .description("whether augmented images have the bytes of a NumPy program written from the rules alone")
    .addOption(dataOption())
    .addOption(pythonOption())
    .addOption(outOption())
    .action(async (options: { readonly data: string; readonly python: string; readonly out?: string }) => {
      const { data, python, out } = options;
      const { images } = (await loadDataset(data)).train;
      const requests = SETS.map((set) => ({ ...set, positions: [...positionsOf(set, images.length)] }));
      const script = "augmented_images.py";
      const theirs = await runPython(python, script, [data], { stdin: JSON.stringify(requests) });
      let start = 0;
      const sets = SETS.map((set) => {
        const ours = ourImages(set, images);
        const result = comparison(set, ours, theirs.subarray(start, start + ours.length));
        start += ours.length;
        console.log(JSON.stringify(result));
        return result;
      });
      const isSame = start === theirs.length && sets.every(({ differing }) => differing === 0);
      console.log(isSame ? `the same ${start} bytes` : `DIFFERENT: ${theirs.length} bytes, ours ${start}`);
      if (!isSame) process.exitCode = 1;
      if (out === undefined) return;
      const versions = JSON.parse((await runPython(python, script, ["--versions"])).toString("utf8"));
      const file = { format: "nin-augmented-images", version: 1 };
      await writeResult(out, {
        ...file,
        environment: { ...(await environment()), ...versions },
        isSame,
        sets,
      });
    });
}

/** Positions all over the training images: the last ones, and every few. */
function positionsOf({ channels, count }: AugmentedSet, totalBytes: number): Uint32Array {
  const available = Math.floor(totalBytes / (channels * SIDE * SIDE));
  return Uint32Array.from({ length: count }, (_, n) => available - 1 - ((n * 7) % available));
}

function ourImages(set: AugmentedSet, all: Uint8Array): Uint8Array {
  const { seed, epoch, horizontalFlip, cropPadding, channels } = set;
  const positions = positionsOf(set, all.length);
  const imageBytes = channels * SIDE * SIDE;
  const images = gatherBytes(all, imageBytes, positions);
  const size = { channels, height: SIDE, width: SIDE };
  return augmentImages(images, size, { horizontalFlip, cropPadding }, { seed, epoch }, positions);
}

function comparison(set: AugmentedSet, ours: Uint8Array, theirs: Uint8Array) {
  const differing = ours.reduce((count, byte, place) => count + (byte === theirs[place] ? 0 : 1), 0);
  const sha256 = createHash("sha256").update(ours).digest("hex");
  return { ...set, bytes: ours.length, sha256, differing };
}
