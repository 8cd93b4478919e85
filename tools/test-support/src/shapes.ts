import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { IDX_FILES, idxBytes } from "./idx.js";
import { type Pixels, pngBytes } from "./png.js";
import { randomNumbers } from "./random.js";

/** What the pictures show, in code-point order. */
export const SHAPES = ["disc", "ring", "stripes"] as const;

/** A picture in colour, and the position of its class in `SHAPES`. */
export interface ShapePicture extends Pixels {
  readonly label: number;
}

/** The pictures of a set, each split in the order disc, ring, stripes, disc, ... */
export interface ShapeSet {
  readonly train: readonly ShapePicture[];
  readonly test: readonly ShapePicture[];
}

/**
 * Pictures of discs, rings and stripes, in random colours on backgrounds with noise.
 *
 * @param size - height and width in pixels, or `mixed` for 24 to 72 of each
 */
export function shapeSet(
  counts: { readonly train: number; readonly test: number },
  size: number | "mixed" = "mixed",
  seed = 18,
): ShapeSet {
  const random = randomNumbers(seed);
  const side = () => (size === "mixed" ? 24 + Math.floor(49 * random()) : size);
  const some = (count: number) =>
    Array.from({ length: count }, (_, index) => shapePicture(index % SHAPES.length, side(), side(), random));
  return { train: some(counts.train), test: some(counts.test) };
}

function shapePicture(label: number, height: number, width: number, random: () => number): ShapePicture {
  const pixels = new Uint8Array(height * width * 3);
  const colour = (from: number) => Array.from({ length: 3 }, () => from + 100 * random());
  const [figure, ground] = [colour(140), colour(0)];
  const scale = Math.min(height, width);
  const [cx, cy] = [width * (0.35 + 0.3 * random()), height * (0.35 + 0.3 * random())];
  const radius = scale * (0.2 + 0.12 * random());
  const [angle, period] = [Math.PI * random(), scale * (0.18 + 0.1 * random())];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const distance = Math.hypot(x - cx, y - cy);
      const along = x * Math.cos(angle) + y * Math.sin(angle);
      const isFigure = [
        distance < radius,
        distance < 1.2 * radius && distance > 0.65 * radius,
        (((along % period) + period) % period) * 2 < period,
      ][label];
      const chosen = isFigure === true ? figure : ground;
      chosen.forEach((value, channel) => {
        pixels[(y * width + x) * 3 + channel] = value + 15 * random();
      });
    }
  }
  return { label, height, width, channels: 3, pixels };
}

/** Writes pictures as `train/<class>/NNNNN.png` and `test/<class>/NNNNN.png`. */
export async function writeShapeFolder(folder: string, set: ShapeSet): Promise<void> {
  for (const [path, picture] of shapePaths(set)) await writePng(join(folder, path), picture);
}

/** Writes pictures as PNG files and `images.csv`. */
export async function writeShapeCsv(folder: string, set: ShapeSet): Promise<void> {
  const rows = ["path,label,split"];
  for (const [path, picture] of shapePaths(set)) {
    await writePng(join(folder, path), picture);
    rows.push(`${path},${SHAPES[picture.label]},${path.split("/")[0]}`);
  }
  await writeFile(join(folder, "images.csv"), `${rows.join("\n")}\n`);
}

/** Writes pictures of one size as four IDX files, the images' of rank 4. */
export async function writeShapeIdx(folder: string, set: ShapeSet): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const split of ["train", "test"] as const) {
    const pictures = set[split];
    const [first] = pictures;
    if (first === undefined) throw new RangeError(`no ${split} pictures`);
    const images = Buffer.concat(pictures.map(({ pixels }) => pixels));
    const shape = [pictures.length, first.height, first.width, 3];
    const labels = Uint8Array.from(pictures, ({ label }) => label);
    await writeFile(join(folder, IDX_FILES[`${split}Images`]), idxBytes(shape, images));
    await writeFile(join(folder, IDX_FILES[`${split}Labels`]), idxBytes([labels.length], labels));
  }
}

/** Writes pictures of 32 x 32 as the binary version of CIFAR-10, with the shapes' names. */
export async function writeShapeCifar(folder: string, set: ShapeSet): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "batches.meta.txt"), `${SHAPES.join("\n")}\n\n`);
  await writeFile(join(folder, "data_batch_1.bin"), Buffer.concat(set.train.map(cifarRecord)));
  await writeFile(join(folder, "test_batch.bin"), Buffer.concat(set.test.map(cifarRecord)));
}

function cifarRecord({ label, height, width, pixels }: ShapePicture): Buffer {
  const area = height * width;
  const record = Buffer.alloc(1 + 3 * area);
  record[0] = label;
  pixels.forEach((value, index) => {
    record[1 + (index % 3) * area + Math.floor(index / 3)] = value;
  });
  return record;
}

function shapePaths(set: ShapeSet): readonly (readonly [string, ShapePicture])[] {
  return (["train", "test"] as const).flatMap((split) =>
    set[split].map((picture, index) => {
      const number = String(index).padStart(6, "0");
      return [`${split}/${SHAPES[picture.label]}/${number}.png`, picture] as const;
    }),
  );
}

async function writePng(path: string, picture: ShapePicture): Promise<void> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, pngBytes(picture));
}
