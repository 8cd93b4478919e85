import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RunConfig } from "../record/config.js";
import { describeData } from "../run/describe-data.js";
import type { Run } from "../run/run.js";
import { trainRun } from "../run/train-run.js";
import { smallArchitecture, smallData, smallModel, smallRecipe } from "./small-training.js";

export const smallConfig: RunConfig = {
  architecture: smallArchitecture,
  recipe: smallRecipe({}, { epochs: 1 }),
  data: await describeData(smallData, "synthetic"),
  backend: "reference",
  device: "cpu",
  precision: "f32",
  threads: null,
  maxSteps: null,
  logEvery: 2,
  checkpointEvery: 3,
  evalLimit: null,
  versions: { node: process.versions.node },
};

/** Trains a run to its end, or to `maxSteps`, and gives its lock back. */
export async function trainSmallRun(run: Run, maxSteps?: number): Promise<void> {
  const model = await smallModel();
  try {
    await trainRun(run, { model, data: smallData, ...(maxSteps === undefined ? {} : { maxSteps }) });
  } finally {
    await model.dispose();
    await run.dispose();
  }
}

/** Gives a new folder to `use` and removes it. */
export async function inNewFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "nin-run-"));
  try {
    await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
