import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { resizeImages } from "@nin/data";
import { userCacheFolder } from "@nin/files";
import { type Architecture, type NamedTensors, namedParameters, type Tensor } from "@nin/spec";

/** Of PyTorch's float64 run of the tutorial's network, what the commands' answers are compared with. */
export interface NinBase {
  readonly seed: number;
  readonly labels: readonly number[];
  readonly logits: readonly (readonly number[])[];
  readonly loss: number;
  /** In network order. */
  readonly grads: readonly { readonly dW: { readonly l2: number }; readonly db: { readonly l2: number } }[];
}

export function readNinBase(): NinBase {
  const path = "../../../../packages/conformance/fixtures/nin-base.json";
  return JSON.parse(readFileSync(new URL(path, import.meta.url), "utf8")).withoutDropout;
}

/** The fixture's weights; its `generator` field has the formula in words. */
export function ninBaseWeights(architecture: Architecture, seed: number): NamedTensors {
  return new Map(
    namedParameters(architecture).map(({ name, role, shape, ordinal, fanIn, fanOut }): [string, Tensor] => {
      const bound = role === "weight" ? Math.sqrt(6 / (fanIn + fanOut)) : 1 / Math.sqrt(fanIn);
      const length = shape.reduce((product, extent) => product * extent, 1);
      const stream = 2 * ordinal + (role === "weight" ? 0 : 1);
      const data = Float32Array.from({ length }, (_, i) => (2 * hashUniform(seed, stream, i) - 1) * bound);
      return [name, { shape, data }];
    }),
  );
}

/** The first two test images of Fashion-MNIST as the network takes them; nothing where they are not on the machine. */
export function ninBaseInput(): Tensor | undefined {
  const folder = process.env.NIN_DATA_DIR || join(userCacheFolder(), "fashion-mnist");
  const plain = join(folder, "t10k-images-idx3-ubyte");
  const packed = `${plain}.gz`;
  if (!existsSync(plain) && !existsSync(packed)) return undefined;
  const idx = existsSync(plain) ? readFileSync(plain) : gunzipSync(readFileSync(packed));
  const bytes = resizeImages(
    idx.subarray(16, 16 + 2 * 28 * 28),
    { height: 28, width: 28 },
    { height: 224, width: 224 },
  );
  return { shape: [2, 1, 224, 224], data: Float32Array.from(bytes, (byte) => Math.fround(byte / 255)) };
}

function hashUniform(seed: number, stream: number, i: number): number {
  let x = (Math.imul(i, 0x9e3779b1) + Math.imul(stream + 1, 0x85ebca77) + Math.imul(seed, 0xc2b2ae3d)) >>> 0;
  x ^= x >>> 15;
  x = Math.imul(x, 0x2c1b3c6d);
  x ^= x >>> 12;
  x = Math.imul(x, 0x297a2d39);
  x ^= x >>> 15;
  return (x >>> 0) / 2 ** 32;
}
