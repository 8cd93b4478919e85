/** A program that is measured in a page. */
export interface BrowserImplementation {
  /** `webgpu@browser`: that of Node would be called the same without the browser. */
  readonly id: string;
  readonly name: string;
  readonly kind: "backend" | "baseline";
  /** What it computes on: the page's WebGPU adapter, its WebGL, or the processor. */
  readonly place: "webgpu" | "webgl" | "cpu";
  /** Whether the page needs the files of `onnxruntime-web`, which are not part of its scripts. */
  readonly onnxRuntime?: true;
  /** Why it is measured only where it is named. */
  readonly onRequest?: string;
}

const ALL = [
  { id: "webgpu@browser", name: "webgpu in a browser", kind: "backend", place: "webgpu" },
  {
    id: "onnxruntime:wasm@browser",
    name: "onnxruntime on WebAssembly in a browser",
    kind: "backend",
    place: "cpu",
    onnxRuntime: true,
  },
  {
    id: "onnxruntime:webgpu@browser",
    name: "onnxruntime on WebGPU in a browser",
    kind: "backend",
    place: "webgpu",
    onnxRuntime: true,
  },
  {
    id: "tfjs-webgpu@browser",
    name: "TensorFlow.js on WebGPU in a browser, operators and automatic gradients",
    kind: "baseline",
    place: "webgpu",
  },
  {
    id: "tfjs-webgl@browser",
    name: "TensorFlow.js on WebGL in a browser, operators and automatic gradients",
    kind: "baseline",
    place: "webgl",
  },
  {
    id: "tfjs-cpu@browser",
    name: "TensorFlow.js in plain JavaScript in a browser, operators and automatic gradients",
    kind: "baseline",
    place: "cpu",
    onRequest: "plain JavaScript on one thread is a thousand times slower than the others",
  },
  {
    id: "jax-js-webgpu@browser",
    name: "jax-js on WebGPU in a browser, the step compiled",
    kind: "baseline",
    place: "webgpu",
  },
  {
    id: "jax-js-webgl@browser",
    name: "jax-js on WebGL in a browser, the step compiled",
    kind: "baseline",
    place: "webgl",
  },
  {
    id: "jax-js-wasm@browser",
    name: "jax-js on WebAssembly in a browser, the step compiled",
    kind: "baseline",
    place: "cpu",
  },
] as const satisfies readonly BrowserImplementation[];

/** The ids, of each of which the page makes an implementation. */
export type BrowserImplementationId = (typeof ALL)[number]["id"];

/** Everything that can be measured in a page, ours first. */
export const browserImplementations: readonly BrowserImplementation[] = ALL;
