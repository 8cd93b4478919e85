import { packageFile } from "@nin/files";
import type { Absent, Implementation, Targets } from "../implementations/targets.js";
import { BenchError } from "../protocol/errors.js";
import type { BrowserEnvironment } from "../result/environment.js";
import { type BrowserProgram, findBrowser } from "./find-browser.js";
import { type BrowserImplementation, browserImplementations } from "./implementations.js";
import type { InPage, PageDescription } from "./in-page.js";
import { onnxRuntimeObstacle } from "./onnxruntime-files.js";
import { openPage } from "./open-page.js";

const CHILD = packageFile(import.meta.url, "@nin/bench", "dist/browser/browser-child.js");

/** What is measured in a browser. */
export interface BrowserOptions {
  /** Ids such as `tfjs-webgl@browser`; by default all but those that are slow by design. */
  readonly implementations?: readonly string[];
  /** The program of the browser; by default an installed one, or npm's. */
  readonly path?: string;
  /** Whether nothing is measured in Node. */
  readonly only?: boolean;
}

/** What is measured in the browser, and what the browser is. */
export interface BrowserTargets extends Targets {
  readonly browser: BrowserEnvironment;
}

/** Throws `BenchError` for an implementation that does not exist. */
export function requireBrowserImplementations({ implementations = [] }: BrowserOptions): void {
  const known = browserImplementations.map(({ id }) => id);
  const unknown = implementations.find((id) => !known.includes(id));
  if (unknown !== undefined) {
    throw new BenchError(`browser: expected some of ${known.join(", ")}, got ${unknown}`);
  }
}

/**
 * Starts the browser once, to see what a page of it has, and says which implementations can be measured there.
 *
 * @throws `BenchError` where no browser is found or it does not start, and for an implementation that does not exist
 */
export async function browserTargets(options: BrowserOptions): Promise<BrowserTargets> {
  requireBrowserImplementations(options);
  const { program, version, page } = await describeBrowser(await findBrowser(options.path));
  const named = options.implementations;
  const implementations: Implementation[] = [];
  const absent: Absent[] = [];
  for (const one of browserImplementations) {
    if (named !== undefined && !named.includes(one.id)) continue;
    const why = whyAbsent(one, page, named);
    if (why === undefined) implementations.push(implementationOf(one, page, program));
    else absent.push({ what: one.id, why });
  }
  const { adapter, renderer, crossOriginIsolated, threads } = page;
  const browser = { name: version, adapter, renderer: renderer ?? "none", crossOriginIsolated, threads };
  return { implementations, absent, browser };
}

interface DescribedBrowser {
  readonly program: BrowserProgram;
  readonly version: string;
  readonly page: PageDescription;
}

/** The first of the ways to start the browser in which it has a WebGPU adapter, else the last one. */
async function describeBrowser(programs: readonly BrowserProgram[]): Promise<DescribedBrowser> {
  let described: DescribedBrowser | undefined;
  for (const program of programs) {
    const opened = await openPage(program, undefined, () => undefined);
    try {
      const page = await opened.page.evaluate(() => (globalThis as unknown as InPage).ninBench.describe());
      described = { program, version: opened.version, page };
      if (page.webgpu !== null) return described;
    } finally {
      await opened.close();
    }
  }
  if (described === undefined) throw new BenchError("browser: there is no way to start it");
  return described;
}

function whyAbsent(
  { id, place, onnxRuntime, onRequest }: BrowserImplementation,
  { webgpu, adapter, renderer }: PageDescription,
  named: readonly string[] | undefined,
): string | undefined {
  if (place === "webgpu" && webgpu === null) return `the browser has no WebGPU adapter: ${adapter}`;
  if (place === "webgl" && renderer === null) return "the browser has no WebGL 2";
  const obstacle = onnxRuntime === true ? onnxRuntimeObstacle() : undefined;
  if (obstacle !== undefined) return obstacle;
  if (onRequest === undefined || named !== undefined) return undefined;
  return `${onRequest}; measured with --browser ${id}`;
}

function implementationOf(
  { id, name, kind, place }: BrowserImplementation,
  page: PageDescription,
  program: BrowserProgram,
): Implementation {
  const isOurs = kind === "backend";
  return {
    id,
    name,
    kind,
    hardware: hardwareOf(place, page),
    modes: ["train", "forward"],
    precisions: isOurs ? ["f32", "mixed"] : ["f32"],
    dropout: isOurs ? "counter" : "off",
    command: { file: process.execPath, args: [CHILD, JSON.stringify(program), id] },
  };
}

function hardwareOf(place: BrowserImplementation["place"], { webgpu, renderer }: PageDescription): string {
  if (place === "cpu") return "cpu";
  if (place === "webgpu") return webgpu ?? "unknown";
  return /swiftshader/i.test(`${renderer}`)
    ? "swiftshader"
    : /llvmpipe/i.test(`${renderer}`)
      ? "lavapipe"
      : "gpu";
}
