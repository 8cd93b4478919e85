import { spawn, spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { inNewFolder, lacking, namesBelow } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { Interrupt } from "../process/interrupt.js";
import { runHere } from "../testing/in-process.js";
import { NIN, nin, startNin } from "../testing/nin.js";
import { expectRefusal } from "../testing/refusal.js";
import { expectSameRun, readRun } from "../testing/run-folder.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();

/** 240 steps; so many checkpoints that a signal finds it under way. */
function train(...flags: readonly string[]): readonly string[] {
  const settings = ["--batch-size", "16", "--epochs", "60", "--recipe", "robust", "--eval-limit", "10"];
  const records = ["--checkpoint-every", "2", "--log-every", "5", "--threads", "1"];
  return ["train", inputs.model, "--data", inputs.data, ...settings, ...records, ...flags];
}

describe("Ctrl-C", () => {
  it("saves a checkpoint, says how to go on, and then all is as if it had not been", () =>
    inNewFolder(async (cwd) => {
      const whole = nin(train("--out", "whole"), { cwd });
      const running = startNin(train("--out", "run"), { cwd });
      await running.until(/Checkpoint saved after step 2\n/);
      // While it runs nobody else trains there.
      const second = await nin(["train", "--resume", "run"], { cwd });
      expectRefusal(second, `process ${running.child.pid} on `);
      expect(second.stderr).toContain("is training in this folder");
      running.child.kill("SIGINT");
      const { status, stdout, stderr } = await running.ended;
      expect([status, stderr]).toEqual([130, ""]);
      expect(stdout).toContain("\nStopping: finishing the current steps and saving a checkpoint\n");
      const [, step, command] =
        /\nStopped after step (\d+); a checkpoint was saved\. To continue:\n {2}nin (.+)\n$/.exec(stdout) ??
        [];
      const stopped = await readRun(join(cwd, "run"));
      expect(stopped.latest).toBe(step);
      expect(Number(step)).toBeLessThan(240);
      expect(await readFile(join(cwd, "run/report.html"), "utf8")).toContain("interrupted");

      const resumed = await nin((command ?? "").split(" "), { cwd });
      expect([resumed.status, resumed.stderr]).toEqual([0, ""]);
      expect(resumed.stdout).toMatch(new RegExp(`^Resuming \\S+/run after step ${step}\n`));
      await whole;
      await expectSameRun(join(cwd, "run"), join(cwd, "whole"));
    }));

  it("before the first step leaves nothing", () =>
    inNewFolder(async (cwd) => {
      const signal = AbortSignal.abort(new Interrupt("SIGINT", 130));
      const ended = await runHere(train("--out", "run"), cwd, signal);
      expect(ended).toEqual({ status: 130, stdout: "", stderr: "" });
      expect(await namesBelow(cwd)).toEqual([]);
    }));

  it.each([
    ["SIGINT", 130],
    ["SIGTERM", 143],
    ["SIGHUP", 129],
  ] as const)("ends at once what cannot be continued: %s, status %d", (signal, expected) =>
    inNewFolder(async (cwd) => {
      const running = startNin(["start"], { cwd });
      await running.until(/^Backends on this machine\n/);
      running.child.kill(signal);
      const { status, stdout, stderr } = await running.ended;
      expect([status, stderr]).toEqual([expected, ""]);
      expect(stdout).not.toContain("Training");
      expect(await namesBelow(cwd)).toEqual([]);
    }),
  );
});

describe("SIGHUP, of a terminal that was closed,", () => {
  it("saves a checkpoint with status 129, however often it is sent", () =>
    inNewFolder(async (cwd) => {
      const running = startNin(train("--out", "run"), { cwd });
      await running.until(/Checkpoint saved after step 2\n/);
      for (let time = 0; time < 3; time += 1) running.child.kill("SIGHUP");
      const { status, stdout, stderr } = await running.ended;
      expect([status, stderr]).toEqual([129, ""]);
      expect(stdout).toMatch(/\nStopped after step \d+; a checkpoint was saved\. To continue:\n/);
    }));
});

describe("a terminal that is closed", () => {
  it("ends a training with status 129 and a checkpoint, though nothing can be written any more", ({ skip }) =>
    inNewFolder(async (cwd) => {
      if (spawnSync("script", ["--version"]).error !== undefined) {
        return lacking("script", "there is no script command here", skip);
      }
      const inTerminal = new URL(
        "../../../../tools/measure/dist/interruptions/in-terminal.js",
        import.meta.url,
      );
      const words = [
        fileURLToPath(inTerminal),
        "ended.json",
        process.execPath,
        NIN,
        ...train("--out", "run"),
      ];
      const command = `exec '${process.execPath}' ${words.map((word) => `'${word}'`).join(" ")}`;
      const terminal = spawn("script", ["-qfc", command, "/dev/null"], {
        cwd,
        stdio: ["pipe", "pipe", "ignore"],
      });
      terminal.stdout.resume();
      await expect.poll(() => namesBelow(cwd), { timeout: 30_000 }).toContain("run/checkpoints/latest");
      // The terminal goes with the process that made it.
      terminal.kill("SIGKILL");
      await expect.poll(() => namesBelow(cwd), { timeout: 30_000 }).toContain("ended.json");
      await expect
        .poll(() => readFile(join(cwd, "ended.json"), "utf8"), { timeout: 30_000 })
        .toBe('{"status":129,"signal":null}');
      expect(await namesBelow(cwd)).not.toContain("run/lock");
      expect(await readFile(join(cwd, "run/report.html"), "utf8")).toContain("interrupted");
    }));
});

describe("a second Ctrl-C", () => {
  it("inside the runtime ends at once: status 130, no lock, no stack trace", () =>
    inNewFolder(async (cwd) => {
      const args = ["train", "nin-mnist", "--data", "synthetic", "--threads", "1", "--out", "run"];
      const running = startNin(args, { cwd });
      await running.until(/^Step \d+\//m);
      running.child.kill("SIGINT");
      await running.until(/^Stopping: /m);
      running.child.kill("SIGINT");
      const { status, stdout, stderr } = await running.ended;
      expect([status, stderr]).toEqual([130, ""]);
      expect(stdout).not.toContain("Stopped after");
      expect(await namesBelow(cwd)).not.toContain("run/lock");
    }));
});
