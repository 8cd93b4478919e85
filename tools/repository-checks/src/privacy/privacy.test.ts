import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { observeFirstUse, observeObstacle } from "@nin/system-calls";
import { lacking } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { committedFiles, root } from "../repository.js";

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
  // The backend's core runs in pages too, and each place says what to do first.
  const reporting = files.filter(
    ({ path, text }) => path !== CORE && !text.includes("await disableTelemetry();"),
  );
  expect(reporting.map(({ path }) => path)).toEqual([]);
  expect(files.find(({ path }) => path === CORE)?.text).toMatch(
    /await prepare\?\.\(\);\n +return ort\.InferenceSession\.create\(/,
  );
});

it("every place in Node that has a runtime for an engine keeps it from reporting first", () => {
  const places = committedFiles().filter(
    ({ path, text }) => path.startsWith(NODE_PLACES) && path.endsWith(".ts") && /[{,]\s+ort,/.test(text),
  );
  expect(places.length).toBe(2);
  for (const { path, text } of places) expect(text, path).toMatch(/\bort,\s+prepare: disableTelemetry\b/);
});

const CORE = "packages/backend-onnxruntime/src/runtime/engine-platform.ts";
const NODE_PLACES = "packages/backend-onnxruntime/src/node/";
