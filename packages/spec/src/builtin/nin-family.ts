import type { ArchitectureDefinition } from "../authoring/define.js";
import { dropout, flatten, globalAvgPool2d, maxPool2d, ninBlock } from "../authoring/layers.js";
import { MAX_INTEGER } from "../reading/field-reader.js";
import type { ModelOptions } from "./options.js";

/** What distinguishes the members of the depth family. */
export interface FamilyMember {
  readonly name: string;
  /** Channels of the first stage; each further stage has twice as many. */
  readonly width: number;
  /** The number of blocks in each stage. */
  readonly depths: readonly [number, number, number];
}

/** The members, from the smallest to the largest: 9, 12, 15, 21 and 24 weighted layers at 28x28. */
export const FAMILY: readonly FamilyMember[] = [
  { name: "nin-xs", width: 16, depths: [1, 1, 1] },
  { name: "nin-s", width: 24, depths: [1, 1, 2] },
  { name: "nin-m", width: 48, depths: [1, 2, 2] },
  { name: "nin-l", width: 64, depths: [2, 2, 3] },
  { name: "nin-xl", width: 96, depths: [2, 3, 3] },
];

/** Larger images come to the stages through a stem. */
const LARGEST_WITHOUT_STEM = 64;

/**
 * Builds a member of a family of NiN that is made as VGG-11, 13, 16 and 19 are, by one rule: three stages, between which
 * a pool halves height and width and the channels double; in a stage so many equal blocks of a 3x3 and two 1x1
 * convolutions. A larger member is wider, and has more blocks, first where the maps are small. Before the last block is
 * dropout, and that block ends in one map a class, whose means are the scores.
 *
 * Images of more than 64x64 pixels pass a stem first, a block as the first one of `nin` and a pool, which makes 28x28
 * maps of 224x224 pixels: behind it every member is the same for both sizes.
 */
export function ninFamilyMember({ width, depths }: FamilyMember) {
  return (options: ModelOptions): ArchitectureDefinition => {
    const classes = options.integer("classes", 10, 1, MAX_INTEGER);
    const channels = options.integer("channels", 1, 1, MAX_INTEGER);
    const size = options.integer("size", 28, 1, MAX_INTEGER);
    const pool = maxPool2d({ kernelSize: 3, stride: 2, ceilMode: true });
    const stem = [ninBlock({ outChannels: width, kernelSize: 11, stride: 4, padding: 5 }), pool];
    const stages = depths.map((depth, stage) => {
      const block = ninBlock({ outChannels: width * 2 ** stage, kernelSize: 3, padding: 1 });
      return new Array<typeof block>(depth).fill(block);
    });
    const widest = width * 2 ** (depths.length - 1);
    return {
      input: { channels, height: size, width: size },
      layers: [
        ...(size > LARGEST_WITHOUT_STEM ? stem : []),
        ...stages.flatMap((blocks, stage) => (stage === 0 ? blocks : [pool, ...blocks])).slice(0, -1),
        dropout({ rate: 0.5 }),
        ninBlock({ outChannels: widest, kernelSize: 3, padding: 1, mlpChannels: [widest, classes] }),
        globalAvgPool2d(),
        flatten(),
      ],
    };
  };
}
