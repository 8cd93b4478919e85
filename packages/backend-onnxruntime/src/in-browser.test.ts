import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { createReferenceBackend } from "@nin/backend-reference";
import { type ConformanceReport, conformanceCases, levelNames, levelOf } from "@nin/conformance";
import { type OpenedPage, type Page, useBrowser } from "@nin/headless-chromium";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { relativeL2, SMALL_CASE_TOLERANCE } from "./testing/expect-tensor.js";
import { type ServedPage, servePage } from "./testing/page/bundle.js";
import { type SmallTraining, trainSmallModel } from "./testing/train-small-model.js";

/** For a page that hangs; generous, because machines may be busy. Units: milliseconds. */
const RUN_MS = 600_000;
const WIDTH = 800;

const browserOf = useBrowser({ webgpu: true });
let served: ServedPage | undefined;
beforeAll(async () => {
  served = await servePage();
}, 120_000);
afterAll(() => served?.close());

function visit(context: TestContext, place: "isolated" | "plain"): Promise<OpenedPage> {
  return browserOf(context).visit(served?.[place] ?? expect.unreachable("the page is served"), WIDTH);
}

describe("a page bundled by Vite, in a browser", { timeout: RUN_MS }, () => {
  it("lists what it has, with threads where it is isolated", async (context) => {
    const { page: isolated } = await visit(context, "isolated");
    const cores = await isolated.evaluate("navigator.hardwareConcurrency");
    expect(await isolated.evaluate("calls.devices()")).toMatchObject([
      { id: "wasm", available: true, details: [{ value: cores }, { value: true }] },
      { id: "webgpu", available: true, hardware: { kind: "cpu", name: "google swiftshader" } },
    ]);
    const { page: plain } = await visit(context, "plain");
    expect(await plain.evaluate("calls.devices()")).toMatchObject([
      { id: "wasm", available: true, name: expect.stringContaining("1 thread, as the page is not") },
      { id: "webgpu" },
    ]);
  });

  it("trains in a worker to the bits that wasm has in Node, with threads and without, and asks no other host", async (context) => {
    const node = await trainSmallModel(createNodeOnnxRuntimeBackend(), { device: "wasm", threads: 1 });
    const isolated = await visit(context, "isolated");
    const plain = await visit(context, "plain");
    for (const [{ page, complaints, requests }, threads] of [
      [isolated, 2],
      [plain, 1],
    ] as const) {
      const trained = await page.evaluate<SmallTraining>(`calls.train("wasm")`);
      expect(trained.losses).toEqual(node.losses);
      expect(trained.scores).toEqual(node.scores);
      expect(Number(trained.realization.threads)).toBe(threads === 1 ? 1 : await cores(page));
      expect(complaints).toEqual([]);
      expect(requests.every((url) => url.startsWith("http://127.0.0.1:"))).toBe(true);
    }
    expect(await isolated.page.evaluate("calls.versions()")).toEqual({ "onnxruntime-web": "1.30.0" });
  });

  it("trains on webgpu as the reference does", async (context) => {
    const { page } = await visit(context, "isolated");
    const [trained, expected] = [
      await page.evaluate<SmallTraining>(`calls.train("webgpu")`),
      await trainSmallModel(createReferenceBackend(), {}),
    ];
    const error = relativeL2(Float32Array.from(trained.scores), Float32Array.from(expected.scores));
    expect(error).toBeLessThan(1e-4);
    const losses = relativeL2(Float32Array.from(trained.losses), Float32Array.from(expected.losses));
    expect(losses).toBeLessThan(SMALL_CASE_TOLERANCE);
  });

  it("reports a worker that cannot be loaded", async (context) => {
    const { page } = await visit(context, "isolated");
    expect(await page.evaluate("calls.missingWorker()")).toContain(
      "the worker of ONNX Runtime could not be loaded; expected a module that imports",
    );
  });

  // Every third of the quick cases: `measure browser-conformance` runs all.
  it("passes conformance cases of every level on wasm, in a worker's own thread", async (context) => {
    const ids = conformanceCases()
      .filter(({ quick, needs = [] }) => quick && needs.every((need) => need === "fixtures"))
      .map(({ id }) => id)
      .filter((_, index) => index % 3 === 0);
    expect([...new Set(ids.map(levelOf))].sort()).toEqual([...levelNames].sort());
    const { page } = await visit(context, "isolated");
    const report = await suite(page, { device: "wasm", threads: 2, ids });
    expect(report.cases.filter(({ status }) => status !== "passed")).toEqual([]);
    expect(report.passed).toBe(ids.length);
    expect(report.passed).toBeGreaterThan(100);
  });
});

async function suite(page: Page, request: object): Promise<ConformanceReport> {
  return page.evaluate<ConformanceReport>(`calls.suite(${JSON.stringify(request)})`);
}

async function cores(page: Page): Promise<number> {
  return Number(await page.evaluate("navigator.hardwareConcurrency"));
}
