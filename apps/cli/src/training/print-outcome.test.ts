import { join } from "node:path";
import type { TrainingResult } from "@nin/training";
import { describe, expect, it } from "vitest";
import { Interrupt } from "../process/interrupt.js";
import type { Terminal } from "../terminal/terminal.js";
import { printOutcome, shortPath } from "./print-outcome.js";
import type { TrainingOutcome } from "./training.js";

const result: TrainingResult = {
  step: 40,
  ended: "epochs",
  interrupted: false,
  epochs: [],
  elapsedMs: 61_000,
};

function printed(outcome: Partial<TrainingOutcome>): { readonly status: number; readonly text: string } {
  const lines: string[] = [];
  const terminal: Terminal = {
    print: (line = "") => lines.push(line),
    note: (line) => lines.push(line),
    isInteractive: false,
    signal: AbortSignal.abort(new Interrupt("SIGINT", 130)),
    stoppable: (work) => work(),
  };
  const folder = join(process.cwd(), "my runs", "a");
  const whole = { result, folder, report: join(folder, "report.html"), isCut: false, ...outcome };
  const status = printOutcome(whole, terminal);
  return { status, text: lines.join("\n") };
}

describe("the end of a training", () => {
  it("prints the scores where there are any, and the files", () => {
    expect(printed({})).toEqual({
      status: 0,
      text: "Done: 40 steps in 1m 01s.\nRun:    my runs/a\nReport: my runs/a/report.html",
    });
  });

  it("by Ctrl-C prints a command that can be typed, with its --max-steps", () => {
    const stopped = { ...result, ended: "signal", interrupted: true } as const;
    const { status, text } = printed({ result: stopped });
    expect(status).toBe(130);
    expect(text).toMatch(/\n {2}(npx .*)?nin train --resume 'my runs\/a'$/);
    const further = printed({ result: stopped, resumed: { hadEnded: false, maxSteps: 90 } });
    expect(further.text).toMatch(/--resume 'my runs\/a' --max-steps 90$/);
  });

  it("of an earlier process is reported, and how to train further where epochs are left", () => {
    const resumed = { hadEnded: true };
    expect(printed({ resumed }).text).toMatch(/^Nothing to do: the run is finished\nDone: /);
    expect(printed({ resumed, isCut: true }).text).toMatch(
      /finished; to train further: .*--resume 'my runs\/a' --max-steps N\n/,
    );
  });
});

describe("shortPath", () => {
  it("is relative below this folder, absolute elsewhere", () => {
    expect(shortPath(join(process.cwd(), "runs", "a"))).toBe(join("runs", "a"));
    expect(shortPath(join(process.cwd(), "..", "runs"))).toBe(join(process.cwd(), "..", "runs"));
    expect(shortPath(process.cwd())).toBe(process.cwd());
  });
});
