import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { userCacheFolder } from "@nin/data/node";
import type { TestContext } from "vitest";
import { lacking } from "./requirements.js";

const IMAGE_BYTES = 28 * 28;

/** The first test images of Fashion-MNIST and their labels; skips the test where they are not on the machine. */
export function firstTestImages(
  { skip }: TestContext,
  count: number,
): { readonly images: Uint8Array; readonly labels: Uint8Array } {
  const images = readIdx("t10k-images-idx3-ubyte", 16);
  const labels = readIdx("t10k-labels-idx1-ubyte", 8);
  if (images === undefined || labels === undefined) {
    const why = `no Fashion-MNIST in ${dataFolder()} (set NIN_DATA_DIR)`;
    lacking("data", why, skip);
    throw new Error(why);
  }
  return { images: images.subarray(0, count * IMAGE_BYTES), labels: labels.subarray(0, count) };
}

/** A set NIN_DATA_DIR is the only place looked in; without it the user's cache. */
function dataFolder(): string {
  return process.env.NIN_DATA_DIR || join(userCacheFolder(), "fashion-mnist");
}

function readIdx(name: string, headerBytes: number): Uint8Array | undefined {
  const file = join(dataFolder(), name);
  if (existsSync(file)) return readFileSync(file).subarray(headerBytes);
  if (existsSync(`${file}.gz`)) return gunzipSync(readFileSync(`${file}.gz`)).subarray(headerBytes);
  return undefined;
}
