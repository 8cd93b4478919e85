import { mkdir, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { isInMemory } from "@nin/data";
import { loadDataset } from "@nin/data/node";
import { pngBytes, SHAPES, shapeSet } from "@nin/test-support";
import { Command, Option } from "commander";
import sharp from "sharp";
import { outOption, positiveInteger } from "./support/options.js";
import { environment, writeResult } from "./support/result.js";

/** How often memory is looked at. Units: milliseconds. */
const SAMPLED_MS = 50;
/** How many different photographs there are; the others are links to them. */
const PHOTOS = 6;
const PHOTO_SIZE = { height: 3000, width: 4000 };

type PictureKind = "png" | "jpeg";

interface Options {
  readonly kind: PictureKind;
  readonly count: number;
  readonly size: number;
  readonly folder: string;
  readonly out?: string;
}

export function imageLoadingCommand(): Command {
  return new Command("image-loading")
    .description("how long a folder of pictures takes to load, and how much memory")
    .addOption(
      new Option(
        "--kind <kind>",
        "png: shapes of 32 x 32; jpeg: photographs of 4000 x 3000, smooth with noise",
      )
        .choices(["png", "jpeg"])
        .default("png"),
    )
    .option("--count <n>", "number of pictures", positiveInteger, 100_000)
    .option("--size <n>", "height and width that they are made into", positiveInteger, 32)
    .requiredOption("--folder <folder>", "where the pictures are made, unless they are there")
    .addOption(outOption())
    .action(async (options: Options) => {
      const { kind, count, size, folder, out } = options;
      await makePictures(options);
      const before = process.memoryUsage().rss;
      const peak = { bytes: before };
      const timer = setInterval(() => {
        peak.bytes = Math.max(peak.bytes, process.memoryUsage().rss);
      }, SAMPLED_MS);
      const start = performance.now();
      const cpu = process.cpuUsage();
      const { train, test } = await loadDataset(folder, { imageSize: { height: size, width: size } });
      const seconds = (performance.now() - start) / 1000;
      const { user, system } = process.cpuUsage(cpu);
      clearInterval(timer);
      const images = train.count + test.count;
      const result = {
        ...{ kind, images, size, seconds },
        imagesPerSecond: images / seconds,
        cpuSeconds: (user + system) / 1e6,
        isInMemory: isInMemory(train),
        datasetBytes: images * train.channels * train.height * train.width,
        rssBeforeBytes: before,
        rssPeakBytes: peak.bytes,
      };
      console.log(JSON.stringify(result));
      if (out === undefined) return;
      const described = { format: "nin-image-loading", version: 1, environment: await environment() };
      await writeResult(out, { ...described, count, ...result });
    });
}

/** Makes `count` pictures in folders of three classes, unless there are as many. */
async function makePictures({ kind, count, folder }: Options): Promise<void> {
  const there = await readdir(folder, { recursive: true }).catch(() => []);
  if (there.filter((name) => name.endsWith(`.${kind}`)).length === count) return;
  await rm(folder, { recursive: true, force: true });
  for (const shape of SHAPES) await mkdir(join(folder, shape), { recursive: true });
  await (kind === "png" ? makeShapes(folder, count) : makePhotos(folder, count));
}

async function makeShapes(folder: string, count: number): Promise<void> {
  const atOnce = 999;
  for (let start = 0; start < count; start += atOnce) {
    const { train } = shapeSet({ train: Math.min(atOnce, count - start), test: 0 }, 32, start);
    for (const [index, picture] of train.entries()) {
      const name = `${String(start + index).padStart(7, "0")}.png`;
      await writeFile(join(folder, SHAPES[index % SHAPES.length] ?? "", name), pngBytes(picture));
    }
  }
}

async function makePhotos(folder: string, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const place = join(folder, SHAPES[index % SHAPES.length] ?? "", `${String(index).padStart(7, "0")}.jpeg`);
    const original = join(
      folder,
      SHAPES[(index % PHOTOS) % SHAPES.length] ?? "",
      `${String(index % PHOTOS).padStart(7, "0")}.jpeg`,
    );
    if (index >= PHOTOS) await symlink(resolve(original), place);
    else await writeFile(place, await photo(index));
  }
}

async function photo(seed: number): Promise<Buffer> {
  const { train } = shapeSet({ train: 3, test: 0 }, 64, seed);
  const picture = train[seed % SHAPES.length];
  if (picture === undefined) throw new RangeError("no picture");
  const { height, width, pixels } = picture;
  const enlarged = sharp(Buffer.from(pixels), { raw: { height, width, channels: 3 } }).resize({
    ...PHOTO_SIZE,
    kernel: "cubic",
  });
  const noise = {
    create: {
      ...PHOTO_SIZE,
      channels: 3,
      background: "grey",
      noise: { type: "gaussian", mean: 128, sigma: 12 },
    },
  } as const;
  return enlarged
    .composite([{ input: await sharp(noise).png({ compressionLevel: 1 }).toBuffer(), blend: "soft-light" }])
    .jpeg({ quality: 90 })
    .toBuffer();
}
