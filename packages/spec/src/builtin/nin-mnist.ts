import type { ArchitectureDefinition } from "../authoring/define.js";
import { dropout, flatten, globalAvgPool2d, linear, maxPool2d, ninBlock } from "../authoring/layers.js";
import { MAX_INTEGER } from "../reading/field-reader.js";
import type { ModelOptions } from "./options.js";

/**
 * The paper authors' MNIST network, as published for cuda-convnet. Options vary its blocks as those of the tutorial's
 * network: a block keeps its output channels whatever the number of 1x1 convolutions. Without one its first convolution
 * has them itself; with more than two the inner width repeats.
 */
export function ninMnist(options: ModelOptions): ArchitectureDefinition {
  const mlpConvs = options.integer("mlpConvs", 2, 0, 4);
  const mlpKernelSize = Number(options.oneOf("mlpKernelSize", ["1", "3"], "1"));
  const head = options.oneOf("head", ["gap", "linear"], "gap");
  const classes = options.integer("classes", 10, 1, MAX_INTEGER);
  const channels = options.integer("channels", 1, 1, MAX_INTEGER);
  const size = options.integer("size", 28, 1, MAX_INTEGER);
  const block = (width: number, innerWidth: number, outputs: number) => {
    const inner = Array.from({ length: Math.max(0, mlpConvs - 1) }, () => innerWidth);
    return ninBlock({
      outChannels: mlpConvs === 0 ? outputs : width,
      kernelSize: 5,
      padding: 2,
      mlpChannels: mlpConvs === 0 ? [] : [...inner, outputs],
      mlpKernelSize,
    });
  };
  const pool = maxPool2d({ kernelSize: 3, stride: 2, ceilMode: true });
  return {
    input: { channels, height: size, width: size },
    layers: [
      block(96, 64, 48),
      pool,
      dropout({ rate: 0.5 }),
      block(128, 96, 48),
      pool,
      dropout({ rate: 0.5 }),
      block(128, 96, classes),
      ...(head === "gap" ? [globalAvgPool2d(), flatten()] : [flatten(), linear({ outFeatures: classes })]),
    ],
  };
}
