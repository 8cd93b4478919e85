import { type Backend, type CompileOptions, DeviceUnavailableError, type Model } from "@nin/backend";
import type { Architecture } from "@nin/spec";
import { prepareSoftwareAdapter } from "@nin/vulkan-driver";
import { BACKEND_ID, engineOptions } from "./compile-options.js";
import { listDevices } from "./devices.js";
import { compileModel } from "./engine.js";
import { KeptDevice } from "./runtime/kept-device.js";
import { disableTelemetry } from "./runtime/telemetry.js";

/** NiN on stock ONNX Runtime: devices `cpu`, `webgpu`, `cuda`. */
export function createOnnxRuntimeBackend(): Backend {
  const webgpu = new KeptDevice();
  return {
    id: BACKEND_ID,
    devices: listDevices,
    compile: (architecture, options = {}) => compile(architecture, options, webgpu),
  };
}

async function compile(
  architecture: Architecture,
  options: CompileOptions,
  webgpu: KeptDevice,
): Promise<Model> {
  const engine = engineOptions(architecture, options);
  const device = (await listDevices()).find(({ id }) => id === engine.device);
  if (device?.available !== true) {
    throw new DeviceUnavailableError(BACKEND_ID, engine.device, device?.reason ?? "it was not found");
  }
  await disableTelemetry();
  // TF32 would round products to 10 bits. onnxruntime-node passes no such option on to the provider;
  // NVIDIA's libraries read this variable when they are loaded.
  if (engine.device === "cuda") process.env.NVIDIA_TF32_OVERRIDE ??= "0";
  // The worker inherits what the main thread prepared; it could not do it itself.
  if (engine.device === "webgpu") {
    await prepareSoftwareAdapter();
    await webgpu.keep();
  }
  return compileModel(engine);
}
