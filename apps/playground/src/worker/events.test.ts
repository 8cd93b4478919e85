import type { StepMetrics } from "@nin/training";
import { expect, it } from "vitest";
import type { RunStatus, WorkerEvent } from "../contract/protocol.js";
import { gathered } from "./events.js";

function line(step: number): StepMetrics {
  return { kind: "step", step, epoch: 1, loss: 1, learningRate: 0.1, imagesPerSecond: 1, elapsedMs: 1 };
}

function metrics(run: string, ...steps: readonly number[]): WorkerEvent {
  return { kind: "metrics", run, lines: steps.map(line) };
}

function status(step: number): WorkerEvent {
  const counts = { lastStep: 9, epoch: 1, epochs: 1, stepsPerEpoch: 9, imagesPerSecond: 1, elapsedMs: 1 };
  const now: RunStatus = { run: "a", phase: "training", step, learningRate: 0.1, ...counts };
  return { kind: "status", status: now };
}

const stored: WorkerEvent = { kind: "stored" };

it("of statuses the newest is kept, of metrics every line, in order, and no message is lost", () => {
  const problem = (message: string): WorkerEvent => ({ kind: "problem", message });
  expect(
    gathered([
      metrics("a", 1, 2),
      status(2),
      problem("x"),
      stored,
      metrics("a", 3),
      status(3),
      problem("y"),
      stored,
    ]),
  ).toEqual([problem("x"), metrics("a", 1, 2, 3), status(3), problem("y"), stored]);
});

it("lines of another run are not mixed with them", () => {
  expect(gathered([metrics("a", 1), metrics("b", 1), metrics("b", 2), metrics("a", 2)])).toEqual([
    metrics("a", 1),
    metrics("b", 1, 2),
    metrics("a", 2),
  ]);
});
