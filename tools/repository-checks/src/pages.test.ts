import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bundlePage } from "./packed/page-bundle.js";

// In this package's folder, from which what it depends on is found.
const HERE = new URL("..", import.meta.url).pathname;
let folder = "";

beforeAll(async () => {
  folder = await mkdtemp(join(HERE, "node_modules", ".pages-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Doors that a page can come through, each with something behind it, and the most that it may send. Units: bytes, gzipped. */
const DOORS = [
  ["@nin/spec", "builtinArchitecture", 15_000],
  ["@nin/backend-reference", "createReferenceBackend", 25_000],
  ["@nin/backend-webgpu", "createWebGpuBackend", 60_000],
  ["@nin/backend-webgpu/browser", "createBrowserWebGpuBackend", 60_000],
  ["@nin/backend-tfjs", "createTensorFlowBackend", 30_000],
  ["@nin/backend-onnxruntime", "createOnnxRuntimeBackend", 15_000],
  ["@nin/backend-onnxruntime", "answerRequests", 40_000],
  ["@nin/backend-onnxruntime/browser", "createBrowserOnnxRuntimeBackend", 45_000],
  ["@nin/backend-onnxruntime/export", "exportOnnx", 25_000],
  ["@nin/backend-onnxruntime/graph", "GraphBuilder", 15_000],
] as const;

describe("a page bundled by Vite", { timeout: 60_000 }, () => {
  it.each(DOORS)("takes %s's %s in without a warning, in %i bytes", async (door, name, mostBytes) => {
    const program = `import { ${name} } from "${door}";\nglobalThis.behindTheDoor = ${name};\n`;
    const { code, gzipBytes, warnings } = await bundlePage(join(folder, name), program);
    expect(warnings).toBe("");
    expect(gzipBytes).toBeLessThan(mostBytes);
    // A page's content policy may forbid code that is made of text.
    expect(code).not.toMatch(/\beval\(|\bFunction\(|\bFunction\.apply/);
  });

  it("reports where it imports a module of Node", async () => {
    const program = `import { nodeDevices } from "@nin/backend-webgpu/node";\nglobalThis.behindTheDoor = nodeDevices;\n`;
    const { warnings } = await bundlePage(join(folder, "node"), program);
    expect(warnings).toContain('Module "node:fs" has been externalized for browser compatibility');
  });
});
