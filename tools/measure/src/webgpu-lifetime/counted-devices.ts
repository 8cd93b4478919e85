/**
 * Devices whose buffers are counted: what the backend creates, less what it destroys. A buffer that
 * is only forgotten counts as alive, since nobody knows when it will be collected.
 */
export class CountedDevices {
  #source;
  #alive = new Map();
  created = 0;

  constructor(source) {
    this.#source = source;
  }

  list() {
    return this.#source.list();
  }

  async open(id) {
    const context = await this.#source.open(id);
    this.#count(context.device);
    return context;
  }

  /** Buffers that are alive, and their bytes. */
  get alive() {
    return {
      buffers: this.#alive.size,
      bytes: [...this.#alive.values()].reduce((sum, { size }) => sum + size, 0),
    };
  }

  /** How many of each label are alive. */
  get labels() {
    const counts = {};
    for (const { label } of this.#alive.values()) counts[label] = (counts[label] ?? 0) + 1;
    return counts;
  }

  #count(device) {
    const createBuffer = device.createBuffer.bind(device);
    device.createBuffer = (descriptor) => {
      const buffer = createBuffer(descriptor);
      const destroy = buffer.destroy.bind(buffer);
      this.created += 1;
      this.#alive.set(this.created, { size: descriptor.size, label: descriptor.label ?? "" });
      const key = this.created;
      buffer.destroy = () => {
        this.#alive.delete(key);
        destroy();
      };
      return buffer;
    };
  }
}
