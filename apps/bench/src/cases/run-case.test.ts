import { builtinRecipe } from "@nin/spec";
import { describe, expect, it } from "vitest";
import type { Mode } from "../protocol/messages.js";
import type { CaseResult, Entry } from "../result/format.js";
import { fakeImplementations, tinyArchitecture } from "../testing/fake-targets.js";
import { type CasePlan, StartupTimes } from "./case-context.js";
import { runCase } from "./run-case.js";

const PACE = { sliceMs: 150, minRounds: 6, maxRounds: 6, tightWidth: 0 };

function measure(
  behaviours: readonly string[],
  mode: Mode = "train",
  signal: AbortSignal = new AbortController().signal,
  startupTimes = new StartupTimes(),
  report: (section: string, doing: string) => void = () => {},
  more: Partial<CasePlan> = {},
): Promise<CaseResult> {
  return runCase(
    { model: "tiny", architecture: tinyArchitecture(), batch: 8, precision: "f32", mode, weight: 1, ...more },
    {
      targets: { implementations: fakeImplementations(...behaviours), absent: [] },
      recipe: builtinRecipe("d2l"),
      data: "synthetic",
      threads: 1,
      pace: PACE,
      signal,
      report,
      startupTimes,
    },
    60_000,
  );
}

async function residentEntries(): Promise<readonly Entry[]> {
  const { entries } = await measure(["working", "reversed-bytes"], "train", undefined, undefined, undefined, {
    resident: { height: 3, width: 5 },
  });
  return entries;
}

async function entryOf(behaviour: string, mode: Mode = "train"): Promise<Entry> {
  const { entries } = await measure([behaviour], mode);
  const [entry] = entries;
  if (entry === undefined) throw new Error("the case has no entry");
  return entry;
}

describe("an implementation that works", () => {
  it("is measured, in training and forward", async () => {
    for (const mode of ["train", "forward"] as const) {
      const { status, reason, measured, flags, correctness, coldStart } = await entryOf("working", mode);
      expect([status, reason, flags]).toEqual(["measured", undefined, []]);
      expect(correctness).toMatchObject({
        scores: 0,
        losses: 0,
        updates: 0,
        against: "the float64 reference",
      });
      expect(measured?.imagesPerSecond.samples).toHaveLength(6);
      expect(measured?.imagesPerSecond.median).toBeGreaterThan(100);
      expect(measured?.imagesPerSecond.median).toBeLessThan(8000 / 15);
      expect(coldStart?.startMs).toBeGreaterThan((coldStart?.loadMs ?? 0) + (coldStart?.compileMs ?? 0));
    }
  });

  it("is as fast as itself", async () => {
    const [first, second] = fakeImplementations("working", "working");
    const { entries, ratios } = await measure(["working", "working"]);
    expect(entries.map(({ reason }) => reason)).toEqual([undefined, undefined]);
    expect(ratios).toHaveLength(1);
    expect(ratios[0]).toMatchObject({ of: second?.id, to: first?.id });
    expect(ratios[0]?.speed.median).toBeGreaterThan(0.7);
    expect(ratios[0]?.speed.median).toBeLessThan(1.4);
  });
});

it.each([
  ["garbage", /^scores differ by/],
  ["forward-only", /^skipped the backward pass or the update: .*net\.0\.0\.weight/],
  ["last-layer-only", /^skipped the backward pass or the update: .*net\.0\.0\.weight/],
  ["stops-training", /^skipped the backward pass or the update after 2 steps/],
  ["early", /^returned before its work was done: the last step's result came/],
  ["early-and-silent", /^returned before its work was done: \d+ steps took/],
])("one that is %s is found out, and has no time", async (behaviour, reason) => {
  const entry = await entryOf(behaviour);
  expect(entry.status).toBe("wrong");
  expect(entry.reason).toMatch(reason);
  expect(entry.measured).toBeUndefined();
});

it("one whose timed predictions are of something else is found out", async () => {
  const { status, reason } = await entryOf("other-scores", "forward");
  expect(status).toBe("wrong");
  expect(reason).toMatch(/^the timed scores are not those that were checked/);
});

it("a resident batch is trained on after it was compared with the input that it stands for", async () => {
  const [right, wrong] = await residentEntries();
  expect([right?.status, right?.reason]).toEqual(["measured", undefined]);
  expect(right?.losses[0]).toBeCloseTo(Math.log(3), 0);
  expect(wrong?.status).toBe("wrong");
  expect(wrong?.reason).toMatch(/^scores of resident images differ by \d/);
});

it("one that leaks is measured and flagged", async () => {
  const { status, flags } = await entryOf("leaking");
  expect(status).toBe("measured");
  expect(flags).toEqual([expect.stringMatching(/^leaks: \d+ MiB more after \d+ steps$/)]);
});

it("one that fails does not stop the others", async () => {
  const { entries } = await measure(["crashing", "working"]);
  expect(entries.map(({ status, reason }) => [status, reason])).toEqual([
    ["failed", "out of paper"],
    ["measured", undefined],
  ]);
});

it("one that takes long to start and check is not started again, nor on a larger network", async () => {
  const startupTimes = new StartupTimes();
  startupTimes.record("working", 1, { startMs: 16_000, checkMs: 0 });
  const { entries } = await measure(["working"], "train", new AbortController().signal, startupTimes);
  expect(entries).toMatchObject([{ status: "slow", reason: expect.stringMatching(/would take some 16 s/) }]);
});

it("a signal keeps the rounds that were finished", async () => {
  const controller = new AbortController();
  const { entries } = await measure(
    ["working", "working"],
    "train",
    controller.signal,
    new StartupTimes(),
    (_, doing) => {
      if (doing.startsWith("round 3")) controller.abort();
    },
  );
  const rounds = entries.map(({ measured }) => measured?.imagesPerSecond.samples.length);
  expect(rounds).toEqual([2, 2]);
});
