import { floatTensor, integerTensor, type StoredTensor } from "@nin/safetensors";
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

/** What a job's files hold, as they were read. */
export interface JobContents {
  readonly architecture: unknown;
  readonly recipe: unknown;
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

/**
 * A job with the contents of its files, however they were read: in a page they come from a server.
 *
 * @throws `BenchError`, `SafetensorsError` or `SpecError` naming what is wrong
 */
export function loadedJob(job: Job, { architecture, recipe, tensors }: JobContents): LoadedJob {
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
    architecture: parseArchitecture(architecture),
    recipe: parseRecipe(recipe),
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
