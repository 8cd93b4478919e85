/**
 * The conformance suite as tests of vitest.
 *
 * @example
 * ```ts
 * import { createReferenceBackend } from "@nin/backend-reference";
 * import { describeConformance } from "@nin/conformance/vitest";
 *
 * await describeConformance(createReferenceBackend, { quick: true });
 * ```
 *
 * @packageDocumentation
 */
import type { Backend } from "@nin/backend";
import { describe, test } from "vitest";
import { levelNames, levelOf } from "./case/case.js";
import { createNodeHost } from "./case/node-host.js";
import { arithmeticOf } from "./case/tolerances.js";
import { isFailure } from "./report/report.js";
import { runCase } from "./runner/run-case.js";
import { type ConformanceOptions, planConformance } from "./runner/run-conformance.js";

/** How a backend's own tests run the suite. */
export type DescribeConformanceOptions = Omit<ConformanceOptions, "onResult" | "signal">;

const NAMES = {
  f32: "",
  fast: " with fast convolutions",
  mixed: " in mixed precision",
  bfloat16: " in mixed precision, of bfloat16",
} as const;

/** How much longer the test waits than the suite, which ends a case that hangs. Units: milliseconds. */
const BEYOND_THE_SUITE_MS = 60_000;
const DEFAULT_TIMEOUT_MS = 120_000;

/**
 * Runs the suite as tests of Vitest, one for each case, grouped by level. A case that needs something that the host
 * lacks is skipped by name; an expected failure that passes fails.
 *
 * @throws as `planConformance`
 *
 * @example
 * import { describeConformance } from "@nin/conformance/vitest";
 *
 * await describeConformance(() => createMyBackend(), { quick: true });
 */
export async function describeConformance(
  createBackend: () => Backend | Promise<Backend>,
  options: DescribeConformanceOptions = {},
): Promise<void> {
  const backend = await createBackend();
  const { timeoutMs = DEFAULT_TIMEOUT_MS, host = createNodeHost() } = options;
  const { cases, ...place } = await planConformance(backend, options);
  describe(`conformance of ${backend.id} on ${place.device}${NAMES[arithmeticOf(options, place.mixedFactors)]}`, () => {
    for (const level of levelNames) {
      const own = cases.filter(({ entry }) => levelOf(entry.id) === level);
      if (own.length === 0) continue;
      describe(level, () => {
        for (const { entry, ...expectation } of own) {
          test(entry.id, { timeout: timeoutMs + BEYOND_THE_SUITE_MS }, async ({ skip }) => {
            const settings = { ...options, ...place, host, timeoutMs, ...expectation };
            const result = await runCase(entry, backend, settings);
            if (result.status === "skipped") skip(result.detail);
            if (isFailure(result)) throw new Error(result.detail);
          });
        }
      });
    }
  });
}
