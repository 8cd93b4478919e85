import { readJsonFile } from "@nin/files";
import { floatTensor, integerTensor } from "@nin/safetensors";
import { readSafetensors } from "@nin/safetensors/node";
import {
  type Architecture,
  elementCount,
  type NamedTensors,
  parseArchitecture,
  parseRecipe,
  type Recipe,
  type Tensor,
} from "@nin/spec";
import { BenchError } from "../protocol/errors.js";
import type { Job } from "../protocol/messages.js";

/** A job with the contents of its files. */
export interface LoadedJob extends Omit<Job, "architecture" | "recipe" | "tensors"> {
  readonly architecture: Architecture;
  readonly recipe: Recipe;
  readonly parameters: NamedTensors;
  readonly input: Tensor;
  readonly labels: Int32Array;
}

/**
 * Reads a job and its files.
 *
 * @throws `BenchError`, `SafetensorsError` or `SpecError` naming the file that is wrong
 */
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

/** The first `count` images of a job's batch, with their labels. */
export function firstOf({ input, labels }: Pick<LoadedJob, "input" | "labels">, count: number) {
  const image = input.shape.slice(1);
  return {
    input: { shape: [count, ...image], data: input.data.slice(0, count * elementCount(image)) },
    labels: labels.slice(0, count),
  };
}
