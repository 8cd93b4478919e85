import type { Backend } from "@nin/backend";
import {
  type ConformanceReport,
  findFailingArchitecture,
  reportOf,
  type SearchOptions,
  type SearchResult,
} from "@nin/conformance";
import { plural } from "../terminal/format.js";

/** A search for a failing architecture as a report of one case. */
export async function searchReport(backend: Backend, options: SearchOptions): Promise<ConformanceReport> {
  const started = performance.now();
  const result = await findFailingArchitecture(backend, options);
  const { failure } = result;
  return reportOf([
    {
      id: `gradients/random/search:count=${options.count},seed=${options.seed}`,
      status: failure === undefined ? "passed" : "failed",
      detail: detailOf(result),
      durationMs: performance.now() - started,
    },
  ]);
}

function detailOf({ tried, withoutValues, withoutSteps, failure }: SearchResult): string {
  const summary = `${plural(tried, "architecture")} tested; the values of ${withoutValues} and the training steps of ${withoutSteps} cannot be compared`;
  if (failure === undefined) return summary;
  const { text, batch, seed, detail, shrinks } = failure;
  return [
    summary,
    `smallest failing architecture, after ${plural(shrinks, "reduction")}, with ${plural(batch, "image")} sampled from seed ${seed}:`,
    text,
    detail,
  ].join("\n");
}
