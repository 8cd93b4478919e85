import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { openDevice } from "../../../packages/backend-webgpu/dist/device/open-device.js";
import { DAWN_OPTIONS } from "../../../packages/backend-webgpu/dist/node-devices.js";
import { prepareSoftwareAdapter } from "../../../packages/vulkan-driver/dist/index.js";

/** Timestamps are rounded to 0.1 ms otherwise, longer than many a kernel takes on a card. */
const EXACT_TIMES = "disable-dawn-features=timestamp_quantization";

const requireFromBackend = createRequire(
  new URL("../../../packages/backend-webgpu/package.json", import.meta.url),
);

/** Dawn needs its instance until the process ends. */
const instances = [];

/** One device of the `webgpu` backend as the backend opens it, but that its clock is exact; and Dawn itself. */
export async function openForMeasuring(kind) {
  await prepareSoftwareAdapter({ prefer: kind });
  const { create } = await import(pathToFileURL(requireFromBackend.resolve("webgpu")));
  const gpu = create([...DAWN_OPTIONS, EXACT_TIMES]);
  instances.push(gpu);
  return { gpu, context: await openDevice(gpu, kind) };
}
