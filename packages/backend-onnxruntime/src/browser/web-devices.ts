import {
  type AdapterInfo,
  type AdapterSource,
  adapterHardware,
  type Device,
  NO_WEBGPU,
  requestAdapter,
} from "@nin/backend";

/** What the devices of a page or worker depend on: its globals; tests give their own. */
export interface PageGlobals {
  readonly WebAssembly?: unknown;
  /** Whether memory can be shared with threads, which a page is allowed when its headers isolate it. */
  readonly crossOriginIsolated?: boolean;
  readonly navigator?: {
    readonly hardwareConcurrency?: number;
    readonly gpu?: AdapterSource<{ readonly info: AdapterInfo }>;
  };
}

/** Threads that WebAssembly can have here, and what limits them. */
export interface WebThreads {
  readonly byDefault: number;
  readonly most: number;
  readonly limit?: string;
}

const NOT_ISOLATED = "the page is not cross-origin isolated (by the headers COOP and COEP)";

/** As many as the browser reports cores; one where memory cannot be shared. */
export function webThreads({ crossOriginIsolated, navigator }: PageGlobals): WebThreads {
  if (crossOriginIsolated !== true) return { byDefault: 1, most: 1, limit: `since ${NOT_ISOLATED}` };
  const cores = Math.max(1, navigator?.hardwareConcurrency ?? 1);
  return { byDefault: cores, most: 4 * cores, limit: "four for each core that the browser reports" };
}

/** WebAssembly, with as many threads as the page can have, or why it cannot be used. */
export function wasmDevice(page: PageGlobals, details: boolean): Device {
  const { byDefault: threads } = webThreads(page);
  const isolated = page.crossOriginIsolated === true;
  const name = `WebAssembly, ${threads === 1 ? "1 thread" : `${threads} threads`}${isolated ? "" : `, as ${NOT_ISOLATED}`}`;
  if (page.WebAssembly === undefined) {
    return { id: "wasm", name: "WebAssembly", available: false, reason: "this browser has no WebAssembly" };
  }
  return {
    id: "wasm",
    name,
    available: true,
    hardware: { kind: "cpu", name: "the browser's WebAssembly" },
    ...(details && {
      details: [
        { name: "threads", value: threads },
        { name: "cross-origin isolated", value: isolated },
      ],
    }),
  };
}

/** The browser's WebGPU adapter, or why there is none: a browser may have WebGPU, and no adapter for it. */
export async function webGpuDevice({ navigator }: PageGlobals, details: boolean): Promise<Device> {
  const adapter = navigator?.gpu === undefined ? NO_WEBGPU : await requestAdapter(navigator.gpu);
  if (typeof adapter === "string") {
    return { id: "webgpu", name: "WebGPU", available: false, reason: adapter };
  }
  const hardware = adapterHardware(adapter.info);
  return {
    id: "webgpu",
    name: "the browser's WebGPU adapter",
    available: true,
    hardware,
    ...(details && {
      details: [
        { name: "adapter", value: hardware.name },
        { name: "software", value: hardware.kind === "cpu" },
      ],
    }),
  };
}
