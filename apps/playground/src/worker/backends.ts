import type { Backend, Device } from "@nin/backend";
import type { WorkerLike } from "@nin/backend-onnxruntime/browser";
import { entry } from "@nin/spec";
import type { ListedDevice } from "../contract/protocol.js";

/** The backends that train in a page, each loaded when it is asked for. */
const BACKENDS: ReadonlyMap<string, () => Promise<Backend>> = new Map([
  ["webgpu", async () => (await import("@nin/backend-webgpu/browser")).createBrowserWebGpuBackend()],
  [
    "onnxruntime",
    async () =>
      (await import("@nin/backend-onnxruntime/browser")).createBrowserOnnxRuntimeBackend({ startWorker }),
  ],
]);

function startWorker(): WorkerLike {
  const worker = new Worker(new URL("./engine-worker.ts", import.meta.url), { type: "module" });
  // A worker gives its listeners the events that they ask for.
  return worker as unknown as WorkerLike;
}

const LABELS: Readonly<Record<string, string>> = {
  "webgpu gpu": "WebGPU, our own kernels",
  "onnxruntime wasm": "WebAssembly (ONNX Runtime)",
  "onnxruntime webgpu": "WebGPU (ONNX Runtime)",
};

const loaded = new Map<string, Promise<Backend>>();

/** A backend, once. */
export function backendOf(id: string): Promise<Backend> {
  const known = loaded.get(id) ?? entry(BACKENDS, id)();
  loaded.set(id, known);
  // A chunk that could not be fetched may be there the next time.
  known.catch(() => loaded.delete(id));
  return known;
}

/** Every device of every backend, the one to begin with first among those that are available. */
export async function listDevices(): Promise<readonly ListedDevice[]> {
  const lists = await Promise.all(
    [...BACKENDS.keys()].map(async (id): Promise<readonly ListedDevice[]> => {
      try {
        return (await (await backendOf(id)).devices()).map((device) => listed(id, device));
      } catch (error) {
        const reason = `it could not be loaded: ${error instanceof Error ? error.message : String(error)}`;
        return [{ backend: id, device: "", label: id, available: false, reason, isSoftware: false }];
      }
    }),
  );
  return lists.flat().toSorted((one, other) => rank(one) - rank(other));
}

function listed(backend: string, device: Device): ListedDevice {
  const { id, name, available, reason, hardware } = device;
  const how = LABELS[`${backend} ${id}`] ?? `${backend} ${id}`;
  return {
    backend,
    device: id,
    label: hardware === undefined ? how : `${how}: ${hardware.name || name}`,
    available,
    ...(reason !== undefined && { reason }),
    isSoftware: available && id !== "wasm" && hardware?.kind === "cpu",
  };
}

/** A real GPU with our kernels first, then with ONNX Runtime's, then WebAssembly, then software that acts as a GPU. */
function rank({ backend, device, available, isSoftware }: ListedDevice): number {
  if (!available) return 100;
  if (device === "wasm") return 2;
  return (backend === "webgpu" ? 0 : 1) + (isSoftware ? 10 : 0);
}
