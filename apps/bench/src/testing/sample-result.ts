import type { BenchResult, CaseResult, Entry } from "../result/format.js";
import { ratiosOf } from "../result/ratios.js";
import { summaryOf } from "../result/statistics.js";

/** A measured entry with these speeds. Units: images/s. */
export function sampleEntry(
  implementation: string,
  samples: readonly number[],
  more: Partial<Entry> = {},
): Entry {
  const imagesPerSecond = summaryOf(samples);
  return {
    implementation,
    status: "measured",
    correctness: { scores: 1e-7, losses: 1e-7, updates: 1e-5, against: "the float64 reference" },
    coldStart: { startMs: 900, loadMs: 200, compileMs: 500, firstStepMs: 80 },
    measured: {
      imagesPerSecond,
      flopsPerSecond: 3e8 * imagesPerSecond.median,
      shareOfCeiling: 0.4,
      stepsPerSlice: 4,
      coresUsed: 1.9,
      mainThreadShare: 0.02,
      hostMsPerStep: null,
      peakRssBytes: 3e8,
      deviceBytes: null,
    },
    versions: { runtime: "1.2.3" },
    flags: [],
    losses: [2.31, 2.3, 2.29, 2.27],
    ...more,
  };
}

/** A case with these entries. */
export function sampleCase(entries: readonly Entry[], more: Partial<CaseResult> = {}): CaseResult {
  return {
    model: "nin-mnist",
    batch: 8,
    precision: "f32",
    mode: "train",
    flopsPerImage: 3e8,
    bytesPerImage: 5e6,
    entries,
    ratios: ratiosOf(entries),
    ...more,
  };
}

/** A run with every section. */
export function sampleResult(cases: readonly CaseResult[] = sampleCases()): BenchResult {
  const time = (ms: number) => summaryOf([ms, 1.05 * ms, 0.97 * ms]);
  return {
    format: "nin-bench",
    version: 1,
    startedAt: "2026-01-02T03:04:05.000Z",
    durationMs: 90_000,
    interrupted: false,
    settings: { quick: true, threads: 2, recipe: "d2l", data: "synthetic", budgetMs: 95_000 },
    environment: {
      cpu: "A <processor>",
      cpuFeatures: ["avx2"],
      cores: 2,
      memoryBytes: 2 ** 34,
      system: "linux x64",
      node: "20.20.0",
      gpus: [],
      variables: {},
      loadBefore: 0.1,
      browser: {
        name: "Chromium <153>",
        adapter: "google, swiftshader",
        renderer: "none",
        crossOriginIsolated: true,
        threads: 2,
      },
    },
    implementations: [
      { id: "fast:cpu", name: "fast on cpu", kind: "backend", hardware: "cpu" },
      { id: "slow:cpu", name: "slow on cpu", kind: "backend", hardware: "cpu" },
      { id: "baseline", name: "a baseline", kind: "baseline", hardware: "cpu" },
    ],
    ceilings: [
      {
        hardware: "cpu",
        method: "a product",
        flopsPerSecond: summaryOf([1e11, 1.1e11]),
        bytesPerSecond: summaryOf([1e10]),
        matrixSize: 1024,
        arrayBytes: 2 ** 26,
      },
    ],
    cases,
    layers: [
      {
        model: "nin-mnist",
        batch: 8,
        implementation: "fast:cpu",
        rows: [
          { name: "net.0", kind: "ninBlock", elapsedMs: time(20), flops: 4e8, bytes: 3e7 },
          { name: "net.1", kind: "maxPool2d", elapsedMs: time(-1), flops: 0, bytes: 1e6 },
          { name: "net.3", kind: "ninBlock", elapsedMs: time(60), flops: 2e9, bytes: 2e7 },
        ],
      },
    ],
    accuracy: [
      {
        model: "nin-mnist",
        batch: 32,
        recipe: "robust",
        data: "synthetic",
        target: 0.8,
        implementation: "fast:cpu",
        reached: true,
        steps: 64,
        images: 2048,
        trainMs: 9000,
        evaluateMs: 500,
        curve: [1, 20, 40, 64].map((step) => ({ step, loss: 2.3 / step ** 0.2 })),
        accuracies: [{ step: 64, trainMs: 9000, accuracy: 0.83 }],
      },
    ],
    memory: [
      {
        model: "nin-mnist",
        batch: 8,
        precision: "f32",
        implementation: "fast:cpu",
        steps: 4,
        peakRssBytes: 3 * 2 ** 28,
        deviceBytes: null,
      },
    ],
    notMeasured: [{ what: "fast:cuda", why: "there is no <GPU>" }],
  };
}

function sampleCases(): readonly CaseResult[] {
  const entries = (scale: number): readonly Entry[] => [
    sampleEntry("fast:cpu", [100 * scale, 104 * scale, 98 * scale]),
    sampleEntry("slow:cpu", [10 * scale, 10.2 * scale, 9.9 * scale], {
      flags: ["leaks: 90 MiB more after 40 steps"],
    }),
    sampleEntry("baseline", [50 * scale, 51 * scale, 49 * scale]),
  ];
  const wrong: Entry = {
    implementation: "liar",
    status: "wrong",
    reason: "scores differ by 1.0e+0, allowed 0.0001",
    versions: {},
    flags: [],
    losses: [],
  };
  return [
    sampleCase([...entries(1), wrong]),
    sampleCase(entries(1.4), { batch: 32 }),
    sampleCase(entries(3), { mode: "forward" }),
  ];
}
