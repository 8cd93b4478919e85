import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { observeFirstUse, observeObstacle } from "@nin/system-calls";
import { describe, expect, it } from "vitest";
import { committedFiles, root } from "../repository.js";
import { lacking } from "../requirements.js";

const nin = join(root, "apps/cli/bin/nin.js");
const small = fileURLToPath(new URL("testing/small.json", import.meta.url));
const trainInThread = fileURLToPath(new URL("testing/train-in-thread.mjs", import.meta.url));
const nothing = { names: [], addresses: [], elsewhere: [], left: [] };

async function requireStrace(skip: (reason: string) => void): Promise<void> {
  const obstacle = await observeObstacle();
  if (obstacle !== undefined) lacking("strace", obstacle, skip);
}

describe("in an empty home, nobody is asked for and nothing is written elsewhere", () => {
  it("by nin train, of which all is in its run", async ({ skip }) => {
    await requireStrace(skip);
    const data = ["--data", "synthetic", "--limit", "64", "--eval-limit", "16", "--batch-size", "16"];
    const used = await observeFirstUse([nin, "train", small, ...data, "--max-steps", "2", "--out", "run"]);
    expect(used.status, used.stderr).toBe(0);
    expect(used.written.some((path) => path.endsWith("run/report.html"))).toBe(true);
    expect(used).toMatchObject(nothing);
  });

  it("by a program that trains in a thread of its own", async ({ skip }) => {
    await requireStrace(skip);
    const used = await observeFirstUse([trainInThread]);
    expect(used.status, used.stderr).toBe(0);
    expect(used.stdout).toBe("1 step\n");
    expect(used).toMatchObject(nothing);
  });
});

it("every file that opens a session of ONNX Runtime keeps it from reporting first", () => {
  const files = committedFiles().filter(({ path, text }) => {
    return /\.m?[jt]s$/.test(path) && /InferenceSession\.create\(/.test(text);
  });
  expect(files.length).toBeGreaterThan(1);
  const reporting = files.filter(({ text }) => !text.includes("await disableTelemetry();"));
  expect(reporting.map(({ path }) => path)).toEqual([]);
});
