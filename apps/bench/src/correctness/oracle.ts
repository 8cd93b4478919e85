import { createHash } from "node:crypto";
import { join } from "node:path";
import { FileError, packageFile, readJsonFile } from "@nin/files";
import { type Architecture, type Recipe, summarize } from "@nin/spec";
import { backendImplementation } from "../implementations/backends.js";
import { ImplementationProcess } from "../protocol/implementation-process.js";
import type { CheckDropout } from "../protocol/messages.js";
import { Workload, withoutDropout } from "../workload/workload.js";
import type { Expectation } from "./judge.js";

const FIXTURES = packageFile(import.meta.url, "@nin/bench", "fixtures");
const ORACLE = {
  id: "cpu",
  name: "float64",
  available: true,
  hardware: { kind: "cpu", name: "the processor" },
} as const;
const TIMEOUT_MS = 3_600_000;
/** What the float64 loops compute in some two seconds. Units: multiply-accumulates. */
const AFFORDABLE_MACS = 1e9;
/** A check is a prediction and two training steps, each of which takes three times as much. */
const PASSES = 7;

/** Everything that a check's answer depends on. */
export interface Question {
  readonly architecture: Architecture;
  readonly recipe: Recipe;
  readonly images: number;
  readonly dropout: CheckDropout;
}

/** The right answer to a check, and where it comes from. */
export interface KnownAnswer {
  readonly expectation: Expectation;
  /** `the float64 reference`. */
  readonly by: string;
}

/**
 * The right answer to a check: the one kept in the repository, or one computed in float64 where that takes a
 * moment. `undefined` for a larger network that the repository does not know.
 */
export async function knownAnswer(question: Question): Promise<KnownAnswer | undefined> {
  const stored = await readStored(fixturePath(question));
  if (stored !== undefined) {
    return { expectation: stored, by: "the float64 reference, kept in the repository" };
  }
  if (PASSES * question.images * summarize(question.architecture).macs > AFFORDABLE_MACS) return undefined;
  return { expectation: await computeAnswer(question), by: "the float64 reference" };
}

/** Where the repository keeps the answer to a question. */
export function fixturePath(question: Question): string {
  return join(FIXTURES, `${questionHash(question)}.json`);
}

/** A name that changes with everything that changes the answer. */
function questionHash({ architecture, recipe, images, dropout }: Question): string {
  const { input, layers } = architecture;
  const { optimizer, init, seed } = recipe;
  const content = JSON.stringify([input, layers, optimizer, init, seed, images, dropout]);
  return createHash("sha256").update(content).digest("hex").slice(0, 16);
}

/** `undefined` where the repository keeps no answer. */
async function readStored(path: string): Promise<Expectation | undefined> {
  try {
    return (await readJsonFile(path, { regularOnly: true })) as Expectation;
  } catch (error) {
    if (error instanceof FileError && error.code === "NIN_FILE_MISSING") return undefined;
    throw error;
  }
}

/** Asks the float64 reference, however long it takes. */
export async function computeAnswer({
  architecture,
  recipe,
  images,
  dropout,
}: Question): Promise<Expectation> {
  const network = dropout === "off" ? withoutDropout(architecture) : architecture;
  const workload = await Workload.write(network, recipe, images);
  try {
    const job = await workload.job({ mode: "train", batch: images, threads: 1, precision: "f32" });
    const oracle = new ImplementationProcess(backendImplementation("reference", ORACLE).command, job);
    try {
      await oracle.ask({ do: "open" }, TIMEOUT_MS);
      const { scores, losses, updates } = await oracle.ask({ do: "check" }, TIMEOUT_MS);
      return { scores, losses, updates };
    } finally {
      await oracle.end();
    }
  } finally {
    await workload.remove();
  }
}
