import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { WritableTensor } from "@nin/safetensors";
import { writeSafetensors } from "@nin/safetensors/node";
import { type Architecture, classCount, elementCount, initialParameters, type Recipe } from "@nin/spec";
import type { Job } from "../protocol/messages.js";
import { uniformNoise } from "./noise.js";

/**
 * The number of distinct images in a batch, which a larger batch repeats. The correctness check looks at these:
 * the mean loss and gradient of any multiple of them are, without dropout, the same, so that one known answer
 * serves every batch size.
 */
export const CHECKED_IMAGES = 8;

/** The part of a job that says how the work is done, without its files. */
export type JobSettings = Pick<Job, "mode" | "batch" | "threads" | "precision" | "resident" | "data">;

/** The files that implementations work on, in a temporary folder. */
export class Workload {
  private constructor(
    readonly folder: string,
    readonly architecture: Architecture,
    readonly recipe: Recipe,
  ) {}

  /** Writes the architecture, the recipe, the initial weights and one batch of noise with labels. */
  static async write(architecture: Architecture, recipe: Recipe, batch: number): Promise<Workload> {
    const workload = new Workload(await mkdtemp(join(tmpdir(), "nin-bench-")), architecture, recipe);
    await writeFile(workload.#path("architecture.json"), JSON.stringify(architecture));
    await writeFile(workload.#path("recipe.json"), JSON.stringify(recipe));
    const tensors = new Map<string, WritableTensor>([
      ...initialParameters(architecture, recipe.init, recipe.seed),
      ...batchOf(architecture, batch, recipe.seed),
    ]);
    await writeSafetensors(workload.#path("tensors.safetensors"), tensors);
    return workload;
  }

  /** Writes a job. Returns its path. */
  async job(settings: JobSettings, name = `job-${settings.mode}`): Promise<string> {
    const job: Job = {
      architecture: this.#path("architecture.json"),
      recipe: this.#path("recipe.json"),
      tensors: this.#path("tensors.safetensors"),
      checkedImages: checkedImageCount(settings.batch),
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

/** How many images of such a batch are checked: one of two numbers, as each needs a known answer. */
export function checkedImageCount(batch: number): number {
  return batch >= CHECKED_IMAGES ? CHECKED_IMAGES : 1;
}

/** The same network with dropout rates of 0. */
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
  const distinct = uniformNoise(seed, CHECKED_IMAGES * elementCount(image));
  const data = new Float32Array(batch * elementCount(image));
  for (let start = 0; start < data.length; start += distinct.length) {
    data.set(distinct.subarray(0, Math.min(distinct.length, data.length - start)), start);
  }
  const labels = BigInt64Array.from({ length: batch }, (_, index) =>
    BigInt((index % CHECKED_IMAGES) % classes),
  );
  return [
    ["input", { shape: [batch, ...image], data }],
    ["labels", { shape: [batch], data: labels }],
  ];
}
