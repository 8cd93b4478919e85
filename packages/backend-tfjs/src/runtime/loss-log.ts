import type { Runtime } from "./runtime.js";
import type { DeviceTensor } from "./tensorflow.js";

/** The losses of training steps, on the device until they are asked for. */
export class LossLog {
  readonly #runtime: Runtime;
  #means: DeviceTensor[] = [];

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Takes over the mean loss of a step, a scalar. */
  add(mean: DeviceTensor): void {
    this.#means.push(this.#runtime.tf.keep(mean));
  }

  /** The losses so far, in step order; starts anew. */
  async take(): Promise<readonly number[]> {
    const means = this.#means;
    this.#means = [];
    if (means.length === 0) return [];
    const { tf } = this.#runtime;
    const joined = this.#runtime.tidy(() => tf.stack(means));
    tf.dispose(means);
    try {
      return [...(await joined.data())];
    } finally {
      joined.dispose();
    }
  }

  dispose(): void {
    this.#runtime.tf.dispose(this.#means);
    this.#means = [];
  }
}
