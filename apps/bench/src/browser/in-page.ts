import type { Job, Reply } from "../protocol/messages.js";

/** What the page gives to the program that drives it: one function, by a name of its own. */
export interface InPage {
  readonly ninBench: {
    /** Calls a method of the implementation that the page's address names. */
    readonly call: (method: PageMethod, argument?: number) => Promise<Reply<object>>;
    readonly describe: () => Promise<PageDescription>;
  };
}

/** The methods of an implementation that are called in the page. */
export type PageMethod = "open" | "check" | "run" | "probe";

/** What a job's page is sent, once. The tensors are at `TENSORS_PATH`. */
export interface PageJob {
  readonly job: Job;
  readonly architecture: unknown;
  readonly recipe: unknown;
}

/** What a page of this browser has. */
export interface PageDescription {
  /** The WebGPU adapter in words, or why there is none. */
  readonly adapter: string;
  /** The hardware that WebGPU computes on: `gpu`, `swiftshader`; null without an adapter. */
  readonly webgpu: string | null;
  /** The renderer of WebGL 2 in words; null where there is none. */
  readonly renderer: string | null;
  readonly crossOriginIsolated: boolean;
  /** Threads that can run at once, as the browser says. */
  readonly threads: number;
}

export const JOB_PATH = "/job.json";
export const TENSORS_PATH = "/tensors.safetensors";
/** Where a page finds the files of `onnxruntime-web`. */
export const ONNXRUNTIME_PATH = "/onnxruntime-web/";
/** The parameter of the page's address that names an implementation. */
export const IMPLEMENTATION_PARAMETER = "implementation";
