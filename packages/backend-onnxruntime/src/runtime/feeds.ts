import { entry } from "@nin/spec";
import type { OnnxRuntime, RuntimeTensor, RuntimeTensors } from "./onnx-runtime.js";

/** The inputs of a run by name, before they are converted to tensors of the runtime. */
export type Feeds = Record<string, FedTensor>;

export type FedTensor = FloatTensor | ByteTensor;

/** A tensor of the runtime is one too, so that a run's results can be fed to the next one. */
export interface FloatTensor {
  readonly type: "float32";
  readonly data: Float32Array;
  readonly dims: readonly number[];
}

export interface ByteTensor {
  readonly type: "uint8";
  readonly data: Uint8Array;
  readonly dims: readonly number[];
}

export function floatTensor(data: Float32Array, dims: readonly number[]): FloatTensor {
  return { type: "float32", data, dims };
}

export function byteTensor(data: Uint8Array, dims: readonly number[]): ByteTensor {
  return { type: "uint8", data, dims };
}

/** The feeds as tensors of the runtime, without copying. */
export function runtimeTensors(feeds: Feeds, { Tensor }: OnnxRuntime): RuntimeTensors {
  const tensorOf = (tensor: FedTensor): RuntimeTensor => {
    if (tensor instanceof Tensor) return tensor;
    return tensor.type === "float32"
      ? new Tensor(tensor.type, tensor.data, tensor.dims)
      : new Tensor(tensor.type, tensor.data, tensor.dims);
  };
  return Object.fromEntries(Object.entries(feeds).map(([name, tensor]) => [name, tensorOf(tensor)]));
}

/** A float32 result of a run. */
export function floats(results: RuntimeTensors, name: string): FloatTensor {
  const tensor = results[name];
  if (tensor?.type !== "float32") throw new Error(`the runtime gave no float32 tensor ${name}`);
  return tensor as FloatTensor;
}

/** The feeds of several steps, which have equal shapes, stacked along a new first axis `steps`. */
export function stackFeeds(steps: readonly Feeds[]): Feeds {
  const [first] = steps;
  if (first === undefined) throw new Error("expected at least one step");
  return Object.fromEntries(
    Object.keys(first).map((name) => [
      name,
      stacked(steps.map((feeds) => entry(new Map(Object.entries(feeds)), name))),
    ]),
  );
}

function stacked(tensors: readonly FedTensor[]): FedTensor {
  const [first] = tensors;
  if (first === undefined) throw new Error("expected at least one step");
  const length = tensors.length * first.data.length;
  const data = first.type === "float32" ? new Float32Array(length) : new Uint8Array(length);
  for (const [index, tensor] of tensors.entries()) data.set(tensor.data, index * first.data.length);
  const dims = [tensors.length, ...first.dims];
  return data instanceof Float32Array ? floatTensor(data, dims) : byteTensor(data, dims);
}
