import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resizeImages } from "../../../packages/data/dist/index.js";
import { writeSafetensors } from "../../../packages/safetensors/dist/node.js";
import {
  builtinArchitecture,
  builtinRecipe,
  classCount,
  initialParameters,
  PURPOSE,
  philox,
  philoxKey,
} from "../../../packages/spec/dist/index.js";

/**
 * What every contestant works on, as files: the architecture, the recipe, and in `tensors` the
 * initial weights, a batch `input` [N, C, H, W] of uniform noise in [0, 1) and its `labels`.
 *
 * @param asked `bytes`: the noise is that of bytes, each over 255, so that a contestant may keep it so;
 *   `resizedFrom`: they are images of that height and width, which are in `images` and whose resized
 *   pixels are the input
 */
export async function withMaterial(asked, use) {
  const { model, batch, recipe: recipeName } = asked;
  const folder = await mkdtemp(join(tmpdir(), "nin-throughput-"));
  const material = {
    architecture: join(folder, "architecture.json"),
    recipe: join(folder, "recipe.json"),
    tensors: join(folder, "tensors.safetensors"),
  };
  try {
    const architecture = builtinArchitecture(model);
    const recipe = builtinRecipe(recipeName);
    await writeFile(material.architecture, JSON.stringify(architecture));
    await writeFile(material.recipe, JSON.stringify(recipe));
    await writeSafetensors(
      material.tensors,
      new Map([
        ...initialParameters(architecture, recipe.init, recipe.seed),
        ...batchOf(architecture, batch, { ...asked, seed: recipe.seed }),
      ]),
    );
    return await use(material);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function batchOf(architecture, batch, options) {
  const { channels, height, width } = architecture.input;
  const classes = classCount(architecture);
  const shape = [batch, channels, height, width];
  const labels = BigInt64Array.from({ length: batch }, (_, image) => BigInt(image % classes));
  return [...imagesOf(shape, options), ["labels", { shape: [batch], data: labels }]];
}

function imagesOf(shape, { seed, bytes = false, resizedFrom }) {
  const [batch, channels, height, width] = shape;
  const from = resizedFrom ?? { height, width };
  const noise = uniform(seed, batch * channels * from.height * from.width);
  if (!bytes) return [["input", { shape, data: noise }]];
  const images = Uint8Array.from(noise, (value) => Math.floor(256 * value));
  const resized = resizeImages(images, from, { height, width });
  return [
    ["input", { shape, data: Float32Array.from(resized, (value) => value / 255) }],
    ["images", { shape: [batch, channels, from.height, from.width], data: Float32Array.from(images) }],
  ];
}

function uniform(seed, count) {
  const key = philoxKey(seed);
  const words = new Uint32Array(4);
  return Float32Array.from({ length: count }, (_, e) => {
    if (e % 4 === 0) philox(key, e / 4, 0, 0, PURPOSE.synthetic, words);
    return words[e % 4] / 2 ** 32;
  });
}
