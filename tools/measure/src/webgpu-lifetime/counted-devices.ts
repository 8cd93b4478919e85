import type { Device, DeviceListOptions } from "@nin/backend";
import type { DeviceSource, GpuContext } from "@nin/backend-webgpu";

/**
 * Devices whose buffers are counted: what the backend creates, less what it destroys. A buffer that is only forgotten
 * counts as alive, since nobody knows when it will be collected.
 */
export class CountedDevices implements DeviceSource {
  readonly #source: DeviceSource;
  readonly #alive = new Map<number, { readonly sizeBytes: number; readonly label: string }>();
  /** The number of buffers that were ever created. */
  created = 0;

  constructor(source: DeviceSource) {
    this.#source = source;
  }

  list(options?: DeviceListOptions): Promise<readonly Device[]> {
    return this.#source.list(options);
  }

  async open(id: string): Promise<GpuContext> {
    const context = await this.#source.open(id);
    this.#count(context.device);
    return context;
  }

  /** The buffers that are alive, and their bytes. */
  get alive(): { readonly buffers: number; readonly bytes: number } {
    const bytes = [...this.#alive.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    return { buffers: this.#alive.size, bytes };
  }

  /** How many buffers of each label are alive. */
  get labels(): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { label } of this.#alive.values()) counts[label] = (counts[label] ?? 0) + 1;
    return counts;
  }

  #count(device: GPUDevice): void {
    const createBuffer = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const buffer = createBuffer(descriptor);
      const destroy = buffer.destroy.bind(buffer);
      this.created += 1;
      const key = this.created;
      this.#alive.set(key, { sizeBytes: descriptor.size, label: descriptor.label ?? "" });
      buffer.destroy = () => {
        this.#alive.delete(key);
        return destroy();
      };
      return buffer;
    };
  }
}
