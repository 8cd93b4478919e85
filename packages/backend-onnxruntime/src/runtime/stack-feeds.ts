import { at, present } from "@nin/spec";
import { Tensor as OrtTensor } from "onnxruntime-node";
import type { Feeds } from "./program-runner.js";

/** What several steps are fed, under the same names with a first axis `steps`. All are of the same shapes. */
export function stackFeeds(steps: readonly Feeds[]): Feeds {
  const names = Object.keys(at(steps, 0));
  return Object.fromEntries(
    names.map((name) => [
      name,
      stacked(steps.map((feeds) => present(feeds[name], `the input ${name} of a step`))),
    ]),
  );
}

function stacked(tensors: readonly OrtTensor[]): OrtTensor {
  const first = at(tensors, 0);
  const length = tensors.length * first.size;
  const data = first.type === "float32" ? new Float32Array(length) : new Uint8Array(length);
  for (const [index, tensor] of tensors.entries()) data.set(tensor.data as typeof data, index * first.size);
  const dims = [tensors.length, ...first.dims];
  return data instanceof Float32Array
    ? new OrtTensor("float32", data, dims)
    : new OrtTensor("uint8", data, dims);
}
