import { spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ImageDataset } from "@nin/data";
import { at } from "@nin/spec";
import sharp from "sharp";
import { NIN, passStderrOn } from "../support/child-process.js";

/** How many pictures are written at once. */
const AT_ONCE = 50;

/** The labels by `nin predict --json` of the images as PNG files, written into `folder`. */
export async function pictureLabels(
  run: string,
  images: ImageDataset,
  folder: string,
): Promise<readonly number[]> {
  await mkdir(join(folder, "png"));
  const names = Array.from({ length: images.count }, (_, index) => join("png", `${index}.png`));
  for (let start = 0; start < names.length; start += AT_ONCE) {
    const some = names.slice(start, start + AT_ONCE);
    await Promise.all(some.map((name, index) => writePng(join(folder, name), images, start + index)));
  }
  const args = [NIN, "predict", run, ...names, "--top", "1", "--json"];
  const child = spawn(process.execPath, args, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  const lastLines = passStderrOn(child);
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  const status = await new Promise((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  });
  if (status !== 0) throw new Error(`nin predict: status ${status}: ${lastLines()}`);
  const found = JSON.parse(Buffer.concat(chunks).toString("utf8")) as readonly {
    readonly predictions: readonly { readonly index: number }[];
  }[];
  return found.map(({ predictions }) => at(predictions, 0).index);
}

async function writePng(path: string, { images, channels, height, width }: ImageDataset, index: number) {
  if (channels !== 1) throw new Error("expected grey images");
  const size = height * width;
  const pixels = Buffer.from(images.subarray(index * size, (index + 1) * size));
  await writeFile(path, await sharp(pixels, { raw: { width, height, channels } }).png().toBuffer());
}
