import type { ArchitectureDefinition } from "../authoring/define.js";
import { dropout, flatten, globalAvgPool2d, maxPool2d, ninBlock } from "../authoring/layers.js";
import { MAX_INTEGER } from "../reading/field-reader.js";
import type { ModelOptions } from "./options.js";

/** The paper authors' ImageNet network, as published for Caffe: ceil-mode pools, 1,000 classes. */
export function ninImagenet(options: ModelOptions): ArchitectureDefinition {
  const classes = options.integer("classes", 1000, 1, MAX_INTEGER);
  const channels = options.integer("channels", 3, 1, MAX_INTEGER);
  const size = options.integer("size", 224, 1, MAX_INTEGER);
  const pool = maxPool2d({ kernelSize: 3, stride: 2, ceilMode: true });
  return {
    input: { channels, height: size, width: size },
    layers: [
      ninBlock({ outChannels: 96, kernelSize: 11, stride: 4 }),
      pool,
      ninBlock({ outChannels: 256, kernelSize: 5, padding: 2 }),
      pool,
      ninBlock({ outChannels: 384, kernelSize: 3, padding: 1 }),
      pool,
      dropout({ rate: 0.5 }),
      ninBlock({ outChannels: 1024, kernelSize: 3, padding: 1, mlpChannels: [1024, classes] }),
      globalAvgPool2d(),
      flatten(),
    ],
  };
}
