import { rm } from "node:fs/promises";
import { join } from "node:path";
import { loadDataset, readImageBytes } from "@nin/data/node";
import { at } from "@nin/spec";
import { idxBytes, pngBytes, pngChunk, type ShapePicture, shapeSet } from "@nin/test-support";
import sharp from "sharp";
import { mutateBytes, type Random } from "./mutate.js";
import { type Samples, writeFiles } from "./samples.js";

const TO = { channels: 3, height: 8, width: 8 };
const { train: PICTURES } = shapeSet({ train: 6, test: 0 }, 12);
const KINDS = ["png", "jpeg", "gif", "webp", "avif"] as const;
const encoded = new Map<string, Promise<Buffer>>();

/** Readers of people's own images, each called with many changed inputs in one process. */
export const imageTargets = [
  {
    name: "picture",
    run: async (_: Samples, random: Random) => {
      const picture = await pictureOf(random.pick(KINDS));
      return readImageBytes(mutateBytes(picture, random), TO, { name: "a" });
    },
  },
  {
    name: "picture, its header",
    run: async (_: Samples, random: Random) => {
      const picture = await pictureOf("png");
      const header = mutateBytes(picture.subarray(16, 29), random);
      const changed = Buffer.concat([picture.subarray(0, 8), pngChunk("IHDR", header), picture.subarray(33)]);
      return readImageBytes(changed, TO, { name: "a" });
    },
  },
  {
    name: "list of pictures",
    run: async ({ folder }: Samples, random: Random) => {
      const rows = PICTURES.map(
        ({ label }, index) => `${index}.png,${label},${index < 3 ? "train" : "test"}`,
      );
      const list = Buffer.from(["path,label,split", ...rows].join("\n"));
      const files = PICTURES.map((picture, index) => [`${index}.png`, pngBytes(picture)] as const);
      return loaded(join(folder, "any-list"), new Map([...files, ["images.csv", mutateBytes(list, random)]]));
    },
  },
  {
    name: "CIFAR folder",
    run: async ({ folder }: Samples, random: Random) => {
      const batch = Buffer.concat(PICTURES.map(({ label }) => Buffer.alloc(3073, label)));
      const names = Buffer.from("disc\nring\nstripes\n");
      const files = { "data_batch_1.bin": batch, "test_batch.bin": batch, "batches.meta.txt": names };
      return loaded(join(folder, "any-cifar"), changedOne(files, random));
    },
  },
  {
    name: "IDX folder in colour",
    run: async ({ folder }: Samples, random: Random) => {
      const images = idxBytes([6, 12, 12, 3], Buffer.concat(PICTURES.map(({ pixels }) => pixels)));
      const labels = idxBytes([6], Buffer.concat(PICTURES.map(int16Of)), 0x0b);
      const files = {
        "train-images-idx4-ubyte": images,
        "train-labels-idx1-short": labels,
        "t10k-images-idx4-ubyte": images,
        "t10k-labels-idx1-short": labels,
      };
      return loaded(join(folder, "any-colour"), changedOne(files, random));
    },
  },
];

async function loaded(place: string, files: ReadonlyMap<string, Uint8Array>): Promise<unknown> {
  await rm(place, { recursive: true, force: true });
  await writeFiles(place, files);
  return loadDataset(place, { imageSize: { height: 8, width: 8 } });
}

function changedOne(
  files: Readonly<Record<string, Buffer>>,
  random: Random,
): ReadonlyMap<string, Uint8Array> {
  const chosen = random.pick(Object.keys(files));
  return new Map(
    Object.entries(files).map(([name, bytes]) => [
      name,
      name === chosen ? mutateBytes(bytes, random) : bytes,
    ]),
  );
}

function int16Of({ label }: ShapePicture): Buffer {
  return Buffer.of(0, label);
}

/** A small picture of this kind; each is encoded once. */
async function pictureOf(kind: (typeof KINDS)[number]): Promise<Buffer> {
  const { pixels, height, width } = at(PICTURES, 0);
  const known =
    encoded.get(kind) ??
    sharp(pixels, { raw: { height, width, channels: 3 } })
      [kind]()
      .toBuffer();
  encoded.set(kind, known);
  return known;
}
