import { isInMemory } from "@nin/data";
import { DEFAULT_MEMORY_BYTES, type LoadedDataset } from "@nin/data/node";
import { at } from "@nin/spec";
import { type DataRequest, loadData } from "../arguments/data-source.js";
import type { Terminal } from "../terminal/terminal.js";

interface SharedSet {
  readonly loading: Promise<LoadedDataset>;
  /** Of images in memory, once they are. */
  sizeBytes: number;
  users: number;
}

/** The data sets of a study: each is loaded once, and kept for the next run as long as there is memory for it. */
export class SharedData {
  /** By what distinguishes them, the one that was used last at the end. */
  readonly #sets = new Map<string, SharedSet>();

  /** @param memoryBytes - how much data sets that nobody uses may take, together with those in use */
  constructor(
    private readonly terminal: Terminal,
    private readonly memoryBytes: number = DEFAULT_MEMORY_BYTES,
  ) {}

  /**
   * Loads a data set, or takes one that is loaded, and uses it. One that could not be loaded is not tried again.
   *
   * @throws what loading throws, and `use`
   */
  async use<Result>(
    request: Pick<DataRequest, "source" | "limit" | "architecture">,
    use: (data: LoadedDataset) => Promise<Result>,
  ): Promise<Result> {
    const { source, limit = null, architecture } = request;
    const { channels, height, width } = architecture.input;
    const key = JSON.stringify([source, limit, channels, height, width]);
    const shared = this.#sets.get(key) ?? {
      loading: loadData({ ...request, dataMemory: this.memoryBytes }, this.terminal),
      ...{ sizeBytes: 0, users: 0 },
    };
    this.#sets.delete(key);
    this.#sets.set(key, shared);
    shared.users += 1;
    try {
      const data = await shared.loading;
      shared.sizeBytes = memoryOf(data);
      this.#makeRoom();
      return await use(data);
    } finally {
      shared.users -= 1;
    }
  }

  #makeRoom(): void {
    const unused = [...this.#sets].filter(([, { users }]) => users === 0);
    let usedBytes = [...this.#sets.values()].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    for (let index = 0; index < unused.length && usedBytes > this.memoryBytes; index += 1) {
      const [key, { sizeBytes }] = at(unused, index);
      this.#sets.delete(key);
      usedBytes -= sizeBytes;
    }
  }
}

/** A limited set keeps the whole one in memory. */
function memoryOf({ train, test }: LoadedDataset): number {
  return [train, test].filter(isInMemory).reduce((sum, { images }) => sum + images.buffer.byteLength, 0);
}
