import type { Device, DeviceDetail } from "@nin/backend";
import { type AdapterDescription, askAdapterProcess, companionModule } from "@nin/vulkan-driver";

// The package is compiled without Node's types, so that its core cannot import Node.
declare global {
  interface ImportMeta {
    url: string;
  }
}

/** A device with what its adapter says of itself; one that cannot be had is not available after all, and why. */
export async function withDetails(device: AdapterDescription): Promise<Device> {
  if (!device.available) return device;
  try {
    const { href } = companionModule({
      from: import.meta.url,
      starter: "node-details",
      path: "./print-details.js",
      specifier: "@nin/backend-webgpu/device/print-details",
    });
    const details = (await askAdapterProcess(href, device.id)) as readonly DeviceDetail[];
    return { ...device, details };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...device, available: false, reason };
  }
}
