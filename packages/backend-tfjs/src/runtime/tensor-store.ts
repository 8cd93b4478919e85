import type { NamedTensors, Shape } from "@nin/spec";
import { fromParameterLayout, parameterShape, toParameterLayout } from "../operators/layout.js";
import type { Runtime } from "./runtime.js";
import type { DeviceTensor } from "./tensorflow.js";

/** Tensors on a device by name, each its own: a model's parameters, or what its optimizer remembers. */
export class TensorStore {
  readonly #runtime: Runtime;
  readonly #tensors = new Map<string, DeviceTensor>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  get names(): readonly string[] {
    return [...this.#tensors.keys()];
  }

  /** As users see them, taken from the tensors that are there. */
  get shapes(): ReadonlyMap<string, Shape> {
    return new Map([...this.#tensors].map(([name, { shape }]) => [name, parameterShape(shape)]));
  }

  find(name: string): DeviceTensor | undefined {
    return this.#tensors.get(name);
  }

  get(name: string): DeviceTensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw new Error(`tfjs: there is no tensor ${name}`);
    return tensor;
  }

  /** Takes a tensor over, and frees the one that it replaces. */
  put(name: string, tensor: DeviceTensor): void {
    this.#tensors.get(name)?.dispose();
    this.#tensors.set(name, this.#runtime.tf.keep(tensor));
  }

  /** Copies from the host. */
  write(parameters: NamedTensors): void {
    const { tf } = this.#runtime;
    for (const [name, { shape, data }] of parameters) {
      this.put(
        name,
        this.#runtime.tidy(() =>
          fromParameterLayout(tf, tf.tensor(new Float32Array(data), [...shape], "float32")),
        ),
      );
    }
  }

  /** Copies to the host. */
  async read(): Promise<NamedTensors> {
    return readTensors(this.#runtime, this.#tensors);
  }

  clear(): void {
    for (const tensor of this.#tensors.values()) tensor.dispose();
    this.#tensors.clear();
  }
}

/** Copies tensors in the device's layout to the host, in the users'. */
export async function readTensors(
  runtime: Runtime,
  tensors: ReadonlyMap<string, DeviceTensor>,
): Promise<NamedTensors> {
  const { tf } = runtime;
  // All copies are made before the first is waited for: they are of one moment.
  const copies = runtime.tidy(() => [...tensors.values()].map((tensor) => toParameterLayout(tf, tensor)));
  try {
    const entries = [...tensors.keys()].map(async (name, index) => {
      const copy = copies[index];
      if (copy === undefined) throw new Error(`tfjs: ${name} was not copied`);
      return [name, { shape: [...copy.shape], data: await hostValues(copy) }] as const;
    });
    return new Map(await Promise.all(entries));
  } finally {
    tf.dispose([...copies]);
  }
}

/** A tensor's values, a copy of the caller's own. */
export async function hostValues(tensor: DeviceTensor): Promise<Float32Array> {
  return new Float32Array(await tensor.data());
}
