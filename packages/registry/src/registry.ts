import { type Backend, type Device, type DeviceListOptions, NinError, type TunedLayer } from "@nin/backend";
import { shownText } from "@nin/spec";

/** A backend that can be loaded. */
export interface BackendEntry {
  readonly id: string;
  readonly packageName: string;
  readonly description: string;
  readonly create: () => Promise<Backend>;
}

/** A backend and its devices on this machine; no devices, and why, when it cannot be loaded. */
export interface BackendListing {
  readonly backend: string;
  readonly description: string;
  readonly devices: readonly Device[];
  readonly reason?: string;
}

/** What a backend's searches have found out on this machine. */
export interface BackendTuning {
  readonly backend: string;
  readonly layers: readonly TunedLayer[];
}

/** Every backend, the default first. A new one is a line here. */
export const backendEntries: readonly BackendEntry[] = [
  {
    id: "onnxruntime",
    packageName: "@nin/backend-onnxruntime",
    description: "ONNX Runtime: the training step as an ONNX graph",
    create: async () => (await import("@nin/backend-onnxruntime/node")).createNodeOnnxRuntimeBackend(),
  },
  {
    id: "webgpu",
    packageName: "@nin/backend-webgpu",
    description: "WebGPU with kernels of our own, through Dawn",
    create: async () => (await import("@nin/backend-webgpu/node")).createNodeWebGpuBackend(),
  },
  {
    id: "tfjs",
    packageName: "@nin/backend-tfjs",
    description: "TensorFlow.js: on native TensorFlow, its WebGPU, or plain JavaScript",
    create: async () => (await import("@nin/backend-tfjs/node")).createNodeTensorFlowBackend(),
  },
  {
    id: "reference",
    packageName: "@nin/backend-reference",
    description: "plain float64 loops: slow, what the others are compared with",
    create: async () => (await import("@nin/backend-reference")).createReferenceBackend(),
  },
];

/**
 * Loads a backend.
 *
 * @throws `UnknownBackendError`, `BackendLoadError`.
 */
export async function loadBackend(id: string): Promise<Backend> {
  const entry = backendEntries.find((candidate) => candidate.id === id);
  if (entry === undefined) {
    const known = backendEntries.map((candidate) => candidate.id);
    throw new UnknownBackendError(id, known);
  }
  return create(entry);
}

/** Every backend with its devices, usable here or not; one that cannot be loaded says why. */
export async function listBackends(options: DeviceListOptions = {}): Promise<readonly BackendListing[]> {
  return Promise.all(backendEntries.map((entry) => describe(entry, options)));
}

/** What every backend's searches have found out on this machine; nothing of one that cannot be loaded. */
export async function listTuning(): Promise<readonly BackendTuning[]> {
  const all = await Promise.all(
    backendEntries.map(async (entry) => {
      const loaded = await create(entry).catch(() => undefined);
      return { backend: entry.id, layers: (await loaded?.tuning?.()) ?? [] };
    }),
  );
  return all.filter(({ layers }) => layers.length > 0);
}

async function describe(entry: BackendEntry, options: DeviceListOptions): Promise<BackendListing> {
  const { id: backend, description } = entry;
  try {
    return { backend, description, devices: await (await create(entry)).devices(options) };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { backend, description, devices: [], reason };
  }
}

async function create(entry: BackendEntry): Promise<Backend> {
  try {
    return await entry.create();
  } catch (error) {
    throw new BackendLoadError(entry.id, entry.packageName, error);
  }
}

/** A backend that is not in the list. */
export class UnknownBackendError extends NinError {
  constructor(id: string, known: readonly string[]) {
    super("NIN_UNKNOWN_BACKEND", `backend: expected one of ${known.join(", ")}, got ${shownText(id)}`);
  }
}

/** A backend whose package is not installed, or cannot be loaded on this machine. */
export class BackendLoadError extends NinError {
  constructor(id: string, packageName: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      "NIN_BACKEND_LOAD",
      `backend ${id} cannot be loaded: ${shownText(reason.replace(/\s+/g, " "), 1000)}; install it with \`npm install ${packageName}\``,
      { cause },
    );
  }
}
