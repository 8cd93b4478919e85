import type { ArchitectureDefinition } from "../authoring/define.js";
import {
  conv2d,
  dropout,
  flatten,
  type LayerDefinition,
  linear,
  maxPool2d,
  relu,
} from "../authoring/layers.js";
import { MAX_INTEGER } from "../reading/field-reader.js";
import type { ModelOptions } from "./options.js";

/**
 * The tutorial's AlexNet, with which it compares NiN: one stream, the input padded by 1.
 *
 * Source: Zhang, Lipton, Li, Smola, Dive into Deep Learning, section 8.1.
 */
export function alexnet(options: ModelOptions): ArchitectureDefinition {
  const { input, classes } = sharedOptions(options);
  const pool = maxPool2d({ kernelSize: 3, stride: 2 });
  return {
    input,
    layers: [
      conv2d({ outChannels: 96, kernelSize: 11, stride: 4, padding: 1 }),
      relu(),
      pool,
      conv2d({ outChannels: 256, kernelSize: 5, padding: 2 }),
      relu(),
      pool,
      ...[384, 384, 256].flatMap((outChannels) => [
        conv2d({ outChannels, kernelSize: 3, padding: 1 }),
        relu(),
      ]),
      pool,
      ...fullyConnected(classes),
    ],
  };
}

/**
 * The tutorial's VGG-11, with which it compares NiN: blocks of one, one, two, two and two convolutions.
 *
 * Source: Zhang, Lipton, Li, Smola, Dive into Deep Learning, section 8.2.
 */
export function vgg11(options: ModelOptions): ArchitectureDefinition {
  const { input, classes } = sharedOptions(options);
  const blocks = [[64], [128], [256, 256], [512, 512], [512, 512]];
  return {
    input,
    layers: [
      ...blocks.flatMap((block) => [
        ...block.flatMap((outChannels) => [conv2d({ outChannels, kernelSize: 3, padding: 1 }), relu()]),
        maxPool2d({ kernelSize: 2, stride: 2 }),
      ]),
      ...fullyConnected(classes),
    ],
  };
}

function sharedOptions(options: ModelOptions) {
  const classes = options.integer("classes", 10, 1, MAX_INTEGER);
  const channels = options.integer("channels", 1, 1, MAX_INTEGER);
  const size = options.integer("size", 224, 1, MAX_INTEGER);
  return { classes, input: { channels, height: size, width: size } };
}

/** The head of both: two hidden layers of 4,096 units. */
function fullyConnected(classes: number): readonly LayerDefinition[] {
  const hidden = [linear({ outFeatures: 4096 }), relu(), dropout({ rate: 0.5 })];
  return [flatten(), ...hidden, ...hidden, linear({ outFeatures: classes })];
}
