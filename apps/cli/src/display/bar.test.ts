import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";
import { inNewFolder, namesBelow } from "../testing/folders.js";
import { NIN } from "../testing/nin.js";
import { lacking } from "../testing/requirements.js";
import { useSmallInputs } from "../testing/small-inputs.js";

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
