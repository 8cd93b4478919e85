import type { DeviceListOptions } from "@nin/backend";
import { availableParallelism, installedVersions, mostThreads, peerObstacle } from "@nin/files";
import type { EngineSource } from "../backend.js";
import type { EngineThread } from "../runtime/engine-client.js";
import type { EngineOptions } from "../runtime/protocol.js";
import { listDevices, webVersions } from "./devices.js";
import { KeptDevice } from "./kept-device.js";
import { KeptWasm } from "./kept-wasm.js";
import { NodeEngineThread } from "./node-engine-thread.js";
import { loadRuntime, loadVulkanDriver, loadWebRuntime, RUNTIME, WEB_RUNTIME } from "./peers.js";
import { disableTelemetry } from "./telemetry.js";

/**
 * ONNX Runtime in Node: the processor, WebGPU and CUDA of onnxruntime-node, WebAssembly of onnxruntime-web. No runtime is
 * started before a model is compiled.
 */
export function nodeDevices(): EngineSource {
  const webgpu = new KeptDevice();
  const wasm = new KeptWasm();
  return {
    threads: { byDefault: availableParallelism(), most: mostThreads() },
    list: (options: DeviceListOptions = {}) => listDevices(options),
    versions: (device) =>
      device === "wasm" ? webVersions() : Promise.resolve(installedVersions(import.meta.url, [RUNTIME.name])),
    requireRuntime,
    start: (options) => startThread(options, webgpu, wasm),
  };
}

async function startThread(
  options: EngineOptions,
  webgpu: KeptDevice,
  wasm: KeptWasm,
): Promise<EngineThread> {
  if (options.device === "wasm") {
    wasm.keep();
    return new NodeEngineThread(options);
  }
  // Here too, and not in the worker alone: a native addon that one thread has is unloaded with that thread.
  const ort = await loadRuntime();
  await disableTelemetry();
  // TF32 would round products to 10 bits. onnxruntime-node passes no such option on to the provider;
  // NVIDIA's libraries read this variable when they are loaded.
  if (options.device === "cuda") process.env.NVIDIA_TF32_OVERRIDE ??= "0";
  // The worker inherits what the main thread prepared; it could not do it itself.
  if (options.device === "webgpu") {
    const { prepareSoftwareAdapter } = await loadVulkanDriver();
    await prepareSoftwareAdapter();
    await webgpu.keep(ort);
  }
  return new NodeEngineThread(options);
}

/** Of a device that was not named, the runtime may be either. */
async function requireRuntime(device: string | undefined): Promise<void> {
  const missing = await peerObstacle(RUNTIME, import.meta.url, loadRuntime);
  const missingWeb = async () => peerObstacle(WEB_RUNTIME, import.meta.url, loadWebRuntime);
  const obstacle =
    device === "wasm" || (device === undefined && missing !== undefined && (await missingWeb()) === undefined)
      ? await missingWeb()
      : missing;
  if (obstacle !== undefined) throw obstacle;
}
