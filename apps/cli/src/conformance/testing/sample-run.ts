import { type CaseResult, reportOf } from "@nin/conformance";
import type { SavedRun } from "../saved-run.js";

/** A run as it could be saved, of two levels. */
export function sampleSavedRun(changes: Partial<SavedRun> = {}): SavedRun {
  return {
    backend: "fast",
    device: "gpu",
    precision: "f32",
    quick: true,
    date: "2026-03-01T12:30:45.000Z",
    durationMs: 61_400,
    environment: { cpu: "A processor", cores: 2, versions: { nin: "0.1.0", node: "22.0.0" } },
    devices: [
      { id: "gpu", name: "An adapter", available: true },
      { id: "npu", name: "A chip", available: false, reason: "no driver <here>; install it" },
      { id: "cpu", name: "A processor", available: true },
    ],
    report: reportOf(sampleResults),
    ...changes,
  };
}

/** One of each status but a plain failure. */
export const sampleResults: readonly CaseResult[] = [
  { id: "shapes/relu/image", status: "passed", durationMs: 20 },
  { id: "shapes/relu/features", status: "passed", durationMs: 30 },
  { id: "forward/relu/image:batch=2", status: "passed", durationMs: 20 },
  {
    id: "forward/conv2d/plain:outChannels=4,kernelSize=3,batch=2",
    status: "expectedFailure",
    detail: "the driver loses a digit (scores differ)",
    reason: "the driver loses a digit",
    durationMs: 500,
  },
  {
    id: "lifecycle/leaks/models",
    status: "skipped",
    detail: "this host lacks: memory",
    durationMs: 0,
  },
];

export const sampleFailure: CaseResult = {
  id: "forward/relu/features:batch=2",
  status: "failed",
  detail: 'scores: 1 < 2 & "so on"',
  durationMs: 40,
};
