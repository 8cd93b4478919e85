import { mostThreads } from "@nin/files";
import { expect, it } from "vitest";
import { BenchError } from "../protocol/errors.js";
import { tinyArchitecture } from "../testing/fake-targets.js";
import { runBench } from "./run-bench.js";

const OPTIONS = {
  quick: true,
  backends: ["onnxruntime:cpu", "reference"],
  models: [{ name: "tiny", architecture: tinyArchitecture() }],
  batches: [8],
  threads: 1,
  budgetMs: 40_000,
} as const;

it.each([0, -1, 1.5, Number.NaN, mostThreads() + 1, 2 ** 53])("refuses %s threads", async (threads) => {
  const refused = runBench({ ...OPTIONS, threads });
  await expect(refused).rejects.toThrow(BenchError);
  await expect(refused).rejects.toThrow(
    `threads: expected an integer from 1 to ${mostThreads()}, four for each`,
  );
});

it("measures real backends on a small network, in every section, with a ceiling", async () => {
  const seen: string[] = [];
  const result = await runBench({
    ...OPTIONS,
    sections: ["train", "forward", "layers"],
    onProgress: ({ section }) => seen.push(section),
  });
  expect(result.interrupted).toBe(false);
  expect(result.implementations.map(({ id }) => id)).toEqual(["onnxruntime:cpu", "reference:cpu"]);
  expect(result.ceilings.map(({ hardware }) => hardware)).toEqual(["cpu"]);
  expect(result.ceilings[0]?.flopsPerSecond.median).toBeGreaterThan(1e8);
  for (const { entries, ratios } of result.cases) {
    expect(entries.map(({ status, reason }) => [status, reason])).toEqual([
      ["measured", undefined],
      ["measured", undefined],
    ]);
    expect(entries[0]?.measured?.shareOfCeiling).toBeGreaterThan(0);
    expect(ratios).toHaveLength(1);
  }
  expect(result.cases.map(({ mode }) => mode)).toEqual(["train", "forward"]);
  expect(result.layers.flatMap(({ rows }) => rows.map(({ name }) => name))).toEqual(["net.0", "net.2"]);
  expect(result.notMeasured.map(({ what }) => what)).toEqual([
    "PyTorch, JAX, Keras",
    "programs written for TensorFlow.js",
  ]);
  expect(seen).toContain("tiny, batch 8, train");
});

it("measures the peak memory of a process that only trains", async () => {
  const result = await runBench({ ...OPTIONS, backends: ["onnxruntime:cpu"], sections: ["memory"] });
  expect(result.cases).toEqual([]);
  expect(result.memory).toMatchObject([{ implementation: "onnxruntime:cpu", batch: 8, steps: 4 }]);
  for (const { peakRssBytes } of result.memory ?? []) expect(peakRssBytes).toBeGreaterThan(2 ** 25);
});

it("gives what was done when it is aborted", async () => {
  const controller = new AbortController();
  const { interrupted, cases } = await runBench({
    ...OPTIONS,
    sections: ["train", "forward"],
    signal: controller.signal,
    onProgress: ({ section }) => {
      if (section.endsWith("forward")) controller.abort();
    },
  });
  expect(interrupted).toBe(true);
  expect(cases[0]?.entries.map(({ status }) => status)).toEqual(["measured", "measured"]);
  expect(
    cases
      .slice(1)
      .flatMap(({ entries }) => entries)
      .filter(({ measured }) => measured !== undefined),
  ).toEqual([]);
});

it("refuses a backend that there is none of", async () => {
  await expect(runBench({ backends: ["caffe"] })).rejects.toThrow(/^backend: expected one of onnxruntime, /);
});
