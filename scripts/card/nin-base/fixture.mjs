import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { namedParameters } from "../../../packages/spec/dist/index.js";

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

/** The uniform numbers of the fixture; its `generator` field has the formula in words. */
export function hashUniform(seed, t, i) {
  let x = (Math.imul(i, 0x9e3779b1) + Math.imul(t + 1, 0x85ebca77) + Math.imul(seed, 0xc2b2ae3d)) >>> 0;
  x ^= x >>> 15;
  x = Math.imul(x, 0x2c1b3c6d);
  x ^= x >>> 12;
  x = Math.imul(x, 0x297a2d39);
  x ^= x >>> 15;
  return (x >>> 0) / 2 ** 32;
}

/** The fixture's weights, under the names of an architecture of the same convolutions. */
export function hashParameters(architecture, seed) {
  return new Map(
    namedParameters(architecture).map(({ name, role, shape, ordinal, fanIn, fanOut }) => {
      const bound = role === "weight" ? Math.sqrt(6 / (fanIn + fanOut)) : 1 / Math.sqrt(fanIn);
      const length = shape.reduce((product, extent) => product * extent, 1);
      const t = 2 * ordinal + (role === "weight" ? 0 : 1);
      const data = Float32Array.from({ length }, (_, i) => (2 * hashUniform(seed, t, i) - 1) * bound);
      return [name, { shape, data }];
    }),
  );
}

function readIdx(folder, name, headerBytes) {
  const file = join(folder, name);
  if (existsSync(file)) return readFileSync(file).subarray(headerBytes);
  if (existsSync(`${file}.gz`)) return gunzipSync(readFileSync(`${file}.gz`)).subarray(headerBytes);
  return undefined;
}
