import type { ArchitectureDefinition } from "../authoring/define.js";
import { avgPool2d, dropout, flatten, globalAvgPool2d, maxPool2d, ninBlock } from "../authoring/layers.js";
import { MAX_INTEGER } from "../reading/field-reader.js";
import type { ModelOptions } from "./options.js";

/** The paper authors' CIFAR-10 network, as published for Caffe. */
export function ninCifar10(options: ModelOptions): ArchitectureDefinition {
  const classes = options.integer("classes", 10, 1, MAX_INTEGER);
  const channels = options.integer("channels", 3, 1, MAX_INTEGER);
  const size = options.integer("size", 32, 1, MAX_INTEGER);
  const block = (kernelSize: number, padding: number, mlpChannels: readonly number[]) =>
    ninBlock({ outChannels: 192, kernelSize, padding, mlpChannels });
  const window = { kernelSize: 3, stride: 2, ceilMode: true };
  return {
    input: { channels, height: size, width: size },
    layers: [
      block(5, 2, [160, 96]),
      maxPool2d(window),
      dropout({ rate: 0.5 }),
      block(5, 2, [192, 192]),
      avgPool2d(window),
      dropout({ rate: 0.5 }),
      block(3, 1, [192, classes]),
      globalAvgPool2d(),
      flatten(),
    ],
  };
}
