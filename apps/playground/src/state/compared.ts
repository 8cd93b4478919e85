import { signal } from "@preact/signals";
import { readStoredMetrics, readStoredRun } from "../storage/runs.js";
import { attempt, type ShownRun } from "./playground.js";

/** A run whose curves are laid over those of the run on the page. */
export interface ComparedRun extends ShownRun {
  readonly name: string;
}

export const compared = signal<readonly ComparedRun[]>([]);

/** Adds a run to those that are compared, or removes it. */
export async function toggleCompared(id: string, name: string): Promise<void> {
  if (compared.value.some((each) => each.id === id)) {
    compared.value = compared.value.filter((each) => each.id !== id);
    return;
  }
  await attempt(async () => {
    const stored = await readStoredRun(id);
    if (stored === undefined) return;
    const lines = await readStoredMetrics(id);
    compared.value = [...compared.value, { id, name, lines, config: stored.config, probes: stored.probes }];
  });
}
