import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";

const FIXTURE = new URL("../../../packages/conformance/fixtures/nin-base.json", import.meta.url);
const IMAGE_BYTES = 28 * 28;

/** PyTorch's float64 results for the tutorial's network on the first two test images of Fashion-MNIST. */
export function readNinBase() {
  return JSON.parse(readFileSync(FIXTURE, "utf8"));
}

/** The first test images in a folder of IDX files, and their labels; undefined where they are not there. */
export function firstTestImages(folder, count) {
  const images = readIdx(folder, "t10k-images-idx3-ubyte", 16);
  const labels = readIdx(folder, "t10k-labels-idx1-ubyte", 8);
  if (images === undefined || labels === undefined) return undefined;
  // Copies: the backend is given their memory.
  return { images: images.slice(0, count * IMAGE_BYTES), labels: labels.slice(0, count) };
}

function readIdx(folder, name, headerBytes) {
  const file = join(folder, name);
  if (existsSync(file)) return readFileSync(file).subarray(headerBytes);
  if (existsSync(`${file}.gz`)) return gunzipSync(readFileSync(`${file}.gz`)).subarray(headerBytes);
  return undefined;
}
