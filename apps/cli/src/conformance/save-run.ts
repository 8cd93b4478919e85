import { cpus } from "node:os";
import type { Backend, Precision } from "@nin/backend";
import type { ConformanceReport } from "@nin/conformance";
import { softwareVersions } from "../versions.js";
import { writeWhole } from "../write-whole.js";
import { type RunEnvironment, savedRunText } from "./saved-run.js";

/** What was run. */
export interface FinishedRun {
  readonly backend: Backend;
  readonly device: string;
  readonly precision: Precision;
  readonly quick: boolean;
  readonly filter?: string;
  readonly started: Date;
  /** Units: milliseconds. */
  readonly durationMs: number;
  readonly report: ConformanceReport;
}

/** Writes a run with the machine it was made on. Throws: `UsageError` when it cannot be written. */
export async function saveRun(path: string, run: FinishedRun): Promise<void> {
  const { backend, started, ...rest } = run;
  const devices = await backend.devices();
  const saved = { backend: backend.id, ...rest, date: started.toISOString(), devices };
  await writeWhole(path, savedRunText({ ...saved, environment: thisEnvironment() }));
}

function thisEnvironment(): RunEnvironment {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    versions: softwareVersions(),
  };
}
