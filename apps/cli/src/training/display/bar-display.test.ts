import { spawnSync } from "node:child_process";
import { inNewFolder, lacking, namesBelow } from "@nin/test-support";
import { expect, it } from "vitest";
import { NIN, startNin } from "../../testing/nin.js";
import { useSmallInputs } from "../../testing/small-inputs.js";

const inputs = useSmallInputs();

it("on a terminal a bar is drawn, epochs stay above it, and the terminal is left as it was", ({ skip }) =>
  inNewFolder(async (cwd) => {
    const train = `train ${inputs.model} --data ${inputs.data} --batch-size 2 --epochs 2 --threads 1 --out run`;
    const command = `stty cols 100; ${process.execPath} ${NIN} ${train}`;
    // Of util-linux: runs a command on a pseudo-terminal.
    const { error, status, stdout } = spawnSync("script", ["-qefc", command, "/dev/null"], {
      cwd,
      encoding: "utf8",
    });
    if (error !== undefined) return lacking("script", "there is no script command here", skip);
    expect(status).toBe(0);
    expect(await namesBelow(cwd)).toContain("run/report.html");
    const esc = String.fromCharCode(27);
    expect(stdout).toMatch(
      /Epoch 2\/2 \[=+ +\] 30\/60 {2}[\d,]+ images\/s {2}loss \d\.\d{4} {2}accuracy \d+\.\d\d% {2}\d+s left/,
    );
    expect(stdout.match(/Epoch \d\/2: train loss [^\r\n]+ images\/s, \d+s\r\n/g)).toHaveLength(2);
    expect(stdout).toMatch(/Done: 60 steps in [^\r\n]+\r\nRun: {4}run\r\nReport: run\/report\.html\r\n$/);
    expect(stdout.lastIndexOf(`${esc}[?25h`)).toBeGreaterThan(stdout.lastIndexOf(`${esc}[?25l`));
  }));

it("a dumb terminal is written lines to, without colours or moves of the cursor", ({ skip }) =>
  inNewFolder(async (cwd) => {
    const train = `train ${inputs.model} --data ${inputs.data} --batch-size 16 --epochs 1 --threads 1 --out run`;
    const nin = `${process.execPath} ${NIN}`;
    const command = `stty cols 50; ${nin} ${train}; ${nin} summary nine`;
    const { error, stdout } = spawnSync("script", ["-qfc", command, "/dev/null"], {
      cwd,
      encoding: "utf8",
      env: { ...process.env, TERM: "dumb", FORCE_COLOR: "", NO_COLOR: "" },
    });
    if (error !== undefined) return lacking("script", "there is no script command here", skip);
    expect(stdout).not.toContain(String.fromCharCode(27));
    expect(stdout).toContain("\r\nRun:    run\r\n");
    expect(stdout).toContain(
      '\r\nnin: model: expected one of nin, nin-mnist,\r\nnin-cifar10, nin-imagenet, alexnet, vgg11, nin-xs,\r\nnin-s, nin-m, nin-l, nin-xl, got "nine"\r\n',
    );
  }));

it("FORCE_COLOR asks for colours where there is no terminal", () =>
  inNewFolder(async (cwd) => {
    const { stderr } = await startNin(["summary", "nine"], { cwd, env: { FORCE_COLOR: "1" } }).ended;
    const esc = String.fromCharCode(27);
    expect(stderr).toContain(`${esc}[31m${esc}[1mnin:${esc}[22m${esc}[39m model: expected one of`);
  }));
