import type { ArchitectureDefinition } from "../authoring/define.js";
import { dropout, flatten, globalAvgPool2d, maxPool2d, ninBlock } from "../authoring/layers.js";
import { MAX_INTEGER } from "../reading/field-reader.js";
import type { ModelOptions } from "./options.js";

/** The paper authors' MNIST network, as published for cuda-convnet. */
export function ninMnist(options: ModelOptions): ArchitectureDefinition {
  const classes = options.integer("classes", 10, 1, MAX_INTEGER);
  const channels = options.integer("channels", 1, 1, MAX_INTEGER);
  const size = options.integer("size", 28, 1, MAX_INTEGER);
  const block = (outChannels: number, mlpChannels: readonly number[]) =>
    ninBlock({ outChannels, kernelSize: 5, padding: 2, mlpChannels });
  const pool = maxPool2d({ kernelSize: 3, stride: 2, ceilMode: true });
  return {
    input: { channels, height: size, width: size },
    layers: [
      block(96, [64, 48]),
      pool,
      dropout({ rate: 0.5 }),
      block(128, [96, 48]),
      pool,
      dropout({ rate: 0.5 }),
      block(128, [96, classes]),
      globalAvgPool2d(),
      flatten(),
    ],
  };
}
