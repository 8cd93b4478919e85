import type { BenchResult, Entry } from "./format.js";

/** A result in the words of its file, which do not change: `contestant`, `gate`, `peer`, `cards`. */
export function resultJson(result: BenchResult): object {
  const { environment, implementations, cases, layers, accuracy, memory, ...rest } = result;
  const { format, version, startedAt, durationMs, interrupted, settings, ceilings, notMeasured } = rest;
  const { gpus, variables, loadBefore, browser, ...machine } = environment;
  return {
    ...{ format, version, startedAt, durationMs, interrupted, settings },
    environment: {
      ...{ ...machine, cards: gpus, variables, loadBefore },
      ...(browser === undefined ? {} : { browser }),
    },
    contestants: implementations.map(({ kind, ...one }) => {
      const { id, name, hardware } = one;
      return { id, name, kind: kind === "baseline" ? "peer" : kind, hardware };
    }),
    ceilings,
    cases: cases.map(({ entries, ratios, ...of }) => ({ ...of, entries: entries.map(entryJson), ratios })),
    layers: layers.map(({ rows, ...of }) => ({ ...withFileWord(of), rows })),
    accuracy: accuracy.map(withFileWord),
    ...(memory === undefined ? {} : { memory: memory.map(withFileWord) }),
    notMeasured,
  };
}

function entryJson({ correctness, ...entry }: Entry): object {
  const { contestant, status, reason, ...rest } = withFileWord(entry);
  return {
    ...{ contestant, status },
    ...(reason === undefined ? {} : { reason }),
    ...(correctness === undefined ? {} : { gate: correctness }),
    ...rest,
  };
}

/** `contestant` where the program says `implementation`. */
export function withFileWord<Fields extends { readonly implementation: string }>({
  implementation,
  ...fields
}: Fields): Omit<Fields, "implementation"> & { readonly contestant: string } {
  return { contestant: implementation, ...fields };
}
