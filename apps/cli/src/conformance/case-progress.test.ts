import { afterEach, describe, expect, it, vi } from "vitest";
import { CaseProgress, caseLine } from "./case-progress.js";

it("says how far the suite has come, and fits its line", () => {
  expect(caseLine("forward/conv2d/plain", 12, 468, 80)).toBe("[12/468] forward/conv2d/plain");
  expect(caseLine("forward/conv2d/plain", 12, 468, 20)).toBe("[12/468] forward/");
});

describe("without a terminal", () => {
  afterEach(() => vi.restoreAllMocks());

  /** The lines of a run whose clock is moved by `everyMs` before each of `count` calls. */
  function linesOf(count: number, everyMs: number, call: (progress: CaseProgress, done: number) => void) {
    let now = 0;
    vi.spyOn(performance, "now").mockImplementation(() => now);
    const lines: string[] = [];
    const progress = new CaseProgress({ isInteractive: false, note: (line) => lines.push(line) });
    for (let done = 1; done <= count; done += 1) {
      now += everyMs;
      call(progress, done);
    }
    progress.close();
    return lines;
  }

  it("writes a plain line every ten seconds, of cases", () => {
    const lines = linesOf(25, 1000, (progress, done) =>
      progress.on({ id: `step/a/${done}`, status: "failed", durationMs: 1000 }, done, 25),
    );
    expect(lines).toEqual(["[10/25] step/a/10", "[20/25] step/a/20"]);
  });

  it("and of random architectures, whole", () => {
    const lines = linesOf(3, 8000, (progress, done) => progress.show("random architectures", done, 2000));
    expect(lines).toEqual(["[2/2000] random architectures"]);
  });

  it("writes nothing about what is done in less", () => {
    expect(linesOf(9, 1000, (progress, done) => progress.show("cases", done, 9))).toEqual([]);
  });
});
