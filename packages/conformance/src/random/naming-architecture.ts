import type { Architecture } from "@nin/spec";
import { ConformanceFailure } from "../failure.js";
import { architectureText } from "./random-architecture.js";

/** Runs a comparison; its failure names the architecture, ready to be pasted into a file. */
export async function namingArchitecture(
  architecture: Architecture,
  compare: () => Promise<void>,
): Promise<void> {
  try {
    await compare();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const text = architectureText(architecture);
    throw new ConformanceFailure(`${reason}\narchitecture: ${text}`, { cause: error });
  }
}
