import type { ArchitectureDefinition } from "../authoring/define.js";
import { dropout, flatten, globalAvgPool2d, linear, maxPool2d, ninBlock } from "../authoring/layers.js";
import { MAX_INTEGER } from "../reading/field-reader.js";
import type { ModelOptions } from "./options.js";

/**
 * The tutorial's network: the convolutions of AlexNet as NiN blocks.
 *
 * Source: Zhang, Lipton, Li, Smola, Dive into Deep Learning, section 8.3.
 */
export function nin(options: ModelOptions): ArchitectureDefinition {
  const mlpConvs = options.integer("mlpConvs", 2, 0, 4);
  const mlpKernelSize = Number(options.oneOf("mlpKernelSize", ["1", "3"], "1"));
  const head = options.oneOf("head", ["gap", "linear"], "gap");
  const classes = options.integer("classes", 10, 1, MAX_INTEGER);
  const channels = options.integer("channels", 1, 1, MAX_INTEGER);
  const size = options.integer("size", 224, 1, MAX_INTEGER);
  const block = (outChannels: number, kernelSize: number, stride: number, padding: number) => {
    const mlpChannels = Array.from({ length: mlpConvs }, () => outChannels);
    return ninBlock({ outChannels, kernelSize, stride, padding, mlpChannels, mlpKernelSize });
  };
  const pool = maxPool2d({ kernelSize: 3, stride: 2 });
  return {
    input: { channels, height: size, width: size },
    layers: [
      block(96, 11, 4, 0),
      pool,
      block(256, 5, 1, 2),
      pool,
      block(384, 3, 1, 1),
      pool,
      dropout({ rate: 0.5 }),
      block(classes, 3, 1, 1),
      ...(head === "gap" ? [globalAvgPool2d(), flatten()] : [flatten(), linear({ outFeatures: classes })]),
    ],
  };
}
