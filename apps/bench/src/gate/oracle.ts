import { fileURLToPath } from "node:url";
import { FileError, readJsonFile } from "@nin/files";
import { summarize } from "@nin/spec";
import { backendContestant } from "../contestants/backends.js";
import { Material, withoutDropout } from "../material/material.js";
import { ContestantProcess } from "../protocol/contestant-process.js";
import { expectationKey, type Question } from "./expectation-key.js";
import type { Expectation } from "./judge.js";

const FIXTURES = fileURLToPath(new URL("../../fixtures/", import.meta.url));
const ORACLE = {
  id: "cpu",
  name: "float64",
  available: true,
  hardware: { kind: "cpu", name: "the processor" },
} as const;
const TIMEOUT_MS = 3_600_000;
/** The float64 loops take some two seconds for so much. Units: multiply-accumulates. */
const AFFORDABLE_MACS = 1e9;
/** A prediction, and two steps of three times as much each. */
const PASSES = 7;

/** What is right, and who says so. */
export interface Known {
  readonly expectation: Expectation;
  /** `the float64 reference`. */
  readonly by: string;
}

/** Where a known answer stands in the repository. */
export function fixturePath(question: Question): string {
  return `${FIXTURES}${expectationKey(question)}.json`;
}

/**
 * What a gate's answer must be: from the repository, or computed in float64 where that takes a moment;
 * undefined for a larger network that the repository does not know.
 */
export async function knownAnswer(question: Question): Promise<Known | undefined> {
  const stored = await readStored(fixturePath(question));
  if (stored !== undefined) {
    return {
      expectation: stored,
      by: "the float64 reference, kept in the repository",
    };
  }
  if (PASSES * question.images * summarize(question.architecture).macs > AFFORDABLE_MACS) return undefined;
  return { expectation: await computeAnswer(question), by: "the float64 reference" };
}

/** Of the repository itself: undefined where it has none. */
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
  const material = await Material.write(network, recipe, images);
  try {
    const job = await material.job({ mode: "train", batch: images, threads: 1, precision: "f32" });
    const oracle = new ContestantProcess(backendContestant("reference", ORACLE).command, job);
    try {
      await oracle.ask({ do: "open" }, TIMEOUT_MS);
      const { scores, losses, updates } = await oracle.ask({ do: "check" }, TIMEOUT_MS);
      return { scores, losses, updates };
    } finally {
      await oracle.end();
    }
  } finally {
    await material.remove();
  }
}
