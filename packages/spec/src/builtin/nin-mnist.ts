import { MAX_INTEGER } from "../reading/field-reader.js";
import type { ModelOptions } from "./options.js";

/** The paper authors' MNIST network, as published for cuda-convnet. */
export function ninMnist(options: ModelOptions): object {
  const classes = options.integer("classes", 10, 1, MAX_INTEGER);
  const channels = options.integer("channels", 1, 1, MAX_INTEGER);
  const size = options.integer("size", 28, 1, MAX_INTEGER);
  const block = (outChannels: number, mlpChannels: readonly number[]) => ({
    kind: "ninBlock",
    outChannels,
    kernelSize: 5,
    padding: 2,
    mlpChannels,
  });
  const pool = { kind: "maxPool2d", kernelSize: 3, stride: 2, ceilMode: true };
  const dropout = { kind: "dropout", rate: 0.5 };
  return {
    input: { channels, height: size, width: size },
    layers: [
      block(96, [64, 48]),
      pool,
      dropout,
      block(128, [96, 48]),
      pool,
      dropout,
      block(128, [96, classes]),
      { kind: "globalAvgPool2d" },
      { kind: "flatten" },
    ],
  };
}
