import { readJsonFile } from "@nin/files";
import { floatTensor, integerTensor } from "@nin/safetensors";
import { readSafetensors } from "@nin/safetensors/node";
import {
  type Architecture,
  type Parameters,
  parseArchitecture,
  parseRecipe,
  type Recipe,
  type Tensor,
} from "@nin/spec";
import { BenchError } from "../errors";
import type { Job } from "../protocol/job";

/** A job with all that its files hold. */
export interface LoadedJob extends Omit<Job, "architecture" | "recipe" | "tensors"> {
  readonly architecture: Architecture;
  readonly recipe: Recipe;
  readonly parameters: Parameters;
  readonly input: Tensor;
  readonly labels: Int32Array;
}

/** Reads a job and its files. Throws: `BenchError`, `SafetensorsError`, `SpecError`. */
export async function readJob(path: string): Promise<LoadedJob> {
  const job = (await readJsonFile(path)) as Job;
  const { tensors } = await readSafetensors(job.tensors);
  const labels = tensors.get("labels");
  const floats = new Map(
    [...tensors]
      .filter(([name]) => name !== "labels")
      .map(([name, stored]) => [name, floatTensor(stored, name, job.tensors)]),
  );
  const input = floats.get("input");
  if (labels === undefined || input === undefined) {
    throw new BenchError(`${job.tensors}: expected the tensors input and labels`);
  }
  floats.delete("input");
  return {
    ...job,
    architecture: parseArchitecture(await readJsonFile(job.architecture)),
    recipe: parseRecipe(await readJsonFile(job.recipe)),
    parameters: floats,
    input,
    labels: integerTensor(labels, "labels", job.tensors).data,
  };
}

/** The first so many images of a job's batch. */
export function firstOf({ input, labels }: Pick<LoadedJob, "input" | "labels">, images: number) {
  const [batch = 1, ...image] = input.shape;
  const length = (input.data.length / batch) * images;
  return {
    input: { shape: [images, ...image], data: input.data.slice(0, length) },
    labels: labels.slice(0, images),
  };
}
