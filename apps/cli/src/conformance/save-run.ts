import { cpus } from "node:os";
import type { Backend, Precision } from "@nin/backend";
import type { ConformanceReport } from "@nin/conformance";
import { processorName } from "@nin/files";
import { softwareVersions } from "../versions.js";
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

/** The text of a run's file: the run, and the machine it was made on. */
export async function textOfRun(run: FinishedRun): Promise<string> {
  const { backend, started, ...rest } = run;
  const devices = (await backend.devices()).map(({ id, name, available, reason }) => ({
    id,
    name,
    available,
    ...(reason === undefined ? {} : { reason }),
  }));
  const saved = { backend: backend.id, ...rest, date: started.toISOString(), devices };
  return savedRunText({ ...saved, environment: await environmentOf(backend) });
}

async function environmentOf(backend: Backend): Promise<RunEnvironment> {
  return { cpu: processorName(), cores: cpus().length, versions: await softwareVersions(backend) };
}
