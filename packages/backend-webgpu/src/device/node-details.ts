import type { Device, DeviceDetail } from "@nin/backend";
import { companionModule } from "@nin/files";
import { loadVulkanDriver } from "./node-peers.js";

/** A device with what its adapter says of itself; one that cannot be had is not available after all, and why. */
export async function withDetails(device: Device): Promise<Device> {
  if (!device.available) return device;
  try {
    const { askAdapterProcess, listAdapters } = await loadVulkanDriver();
    const kind = listAdapters().find(({ id }) => id === device.id)?.id;
    if (kind === undefined) return device;
    const { href } = companionModule({
      from: import.meta.url,
      specifier: "@nin/backend-webgpu/device/print-details",
    });
    const details = (await askAdapterProcess(href, kind)) as readonly DeviceDetail[];
    return { ...device, details };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { ...device, available: false, reason };
  }
}
