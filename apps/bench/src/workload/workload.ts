import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WritableTensor } from "@nin/safetensors";
import { writeSafetensors } from "@nin/safetensors/node";
import {
  type Architecture,
  classCount,
  elementCount,
  initialParameters,
  PURPOSE,
  philox,
  philoxKey,
  type Recipe,
} from "@nin/spec";
import type { Job } from "../protocol/job";

/**
 * Images that the gate looks at, and that a larger batch repeats: its mean loss and gradient without
 * dropout are then those of these few, so that one oracle serves every multiple.
 */
export const GATE_IMAGES = 8;

/** What a job says of how the work is done, files aside. */
export type JobSettings = Pick<Job, "mode" | "batch" | "threads" | "precision" | "data">;

/** Files that contestants work on, in a temporary folder. */
export class Material {
  private constructor(
    readonly folder: string,
    readonly architecture: Architecture,
    readonly recipe: Recipe,
  ) {}

  static async write(architecture: Architecture, recipe: Recipe, batch: number): Promise<Material> {
    const material = new Material(await mkdtemp(join(tmpdir(), "nin-bench-")), architecture, recipe);
    await writeFile(material.#path("architecture.json"), JSON.stringify(architecture));
    await writeFile(material.#path("recipe.json"), JSON.stringify(recipe));
    const tensors = new Map<string, WritableTensor>([
      ...initialParameters(architecture, recipe.init, recipe.seed),
      ...batchOf(architecture, batch, recipe.seed),
    ]);
    await writeSafetensors(material.#path("tensors.safetensors"), tensors);
    return material;
  }

  /** Writes a job; gives its path. */
  async job(settings: JobSettings, name = `job-${settings.mode}`): Promise<string> {
    const job: Job = {
      architecture: this.#path("architecture.json"),
      recipe: this.#path("recipe.json"),
      tensors: this.#path("tensors.safetensors"),
      gateImages: gateImagesOf(settings.batch),
      ...settings,
    };
    const path = this.#path(`${name}.json`);
    await writeFile(path, JSON.stringify(job));
    return path;
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true, maxRetries: 3 });
  }

  #path(name: string): string {
    return join(this.folder, name);
  }
}

/** How many images the gate looks at in a batch of that size: few sizes, as each wants an oracle. */
export function gateImagesOf(batch: number): number {
  return batch >= GATE_IMAGES ? GATE_IMAGES : 1;
}

/** The same network with nothing dropped. */
export function withoutDropout(architecture: Architecture): Architecture {
  return {
    ...architecture,
    layers: architecture.layers.map((layer) => (layer.kind === "dropout" ? { ...layer, rate: 0 } : layer)),
  };
}

function batchOf(
  architecture: Architecture,
  batch: number,
  seed: number,
): readonly (readonly [string, WritableTensor])[] {
  const { channels, height, width } = architecture.input;
  const classes = classCount(architecture);
  const image = [channels, height, width];
  const distinct = uniform(seed, GATE_IMAGES * elementCount(image));
  const data = new Float32Array(batch * elementCount(image));
  for (let at = 0; at < data.length; at += distinct.length) {
    data.set(distinct.subarray(0, Math.min(distinct.length, data.length - at)), at);
  }
  const labels = BigInt64Array.from({ length: batch }, (_, index) => BigInt((index % GATE_IMAGES) % classes));
  return [
    ["input", { shape: [batch, ...image], data }],
    ["labels", { shape: [batch], data: labels }],
  ];
}

/** Noise in [0, 1). */
function uniform(seed: number, count: number): Float32Array {
  const key = philoxKey(seed);
  const words = new Uint32Array(4);
  return Float32Array.from({ length: count }, (_, e) => {
    if (e % 4 === 0) philox(key, e / 4, 0, 0, PURPOSE.synthetic, words);
    return (words[e % 4] ?? 0) / 2 ** 32;
  });
}
