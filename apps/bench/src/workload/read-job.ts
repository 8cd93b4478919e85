import { readJsonFile } from "@nin/files";
import { readSafetensors } from "@nin/safetensors/node";
import type { Job } from "../protocol/messages.js";
import { type LoadedJob, loadedJob } from "./loaded-job.js";

/**
 * Reads a job and its files.
 *
 * @throws `BenchError`, `SafetensorsError` or `SpecError` naming the file that is wrong
 */
export async function readJob(path: string): Promise<LoadedJob> {
  const job = (await readJsonFile(path)) as Job;
  const { tensors } = await readSafetensors(job.tensors);
  const architecture = await readJsonFile(job.architecture);
  return loadedJob(job, { architecture, recipe: await readJsonFile(job.recipe), tensors });
}
