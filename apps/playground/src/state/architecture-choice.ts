import { type Architecture, builtinArchitecture, builtinArchitectures } from "@nin/spec";

/** A built-in network with its options. */
export interface BuiltinChoice {
  readonly name: string;
  /** 1x1 convolutions of a block; undefined where the network has no such option, or for its own number. */
  readonly mlpConvs?: number;
  readonly mlpKernelSize?: 1 | 3;
  readonly head?: "gap" | "linear";
}

/** The images that a network is to take. */
export interface DataShape {
  readonly classes: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

export const builtinNames: readonly string[] = builtinArchitectures.map(({ name }) => name);

export function descriptionOf(name: string): string {
  return builtinArchitectures.find((each) => each.name === name)?.description ?? "";
}

/** Whether a network has the options of its blocks. */
export function hasBlockOptions(name: string): boolean {
  return builtinArchitectures.some((each) => each.name === name && each.options.includes("mlpConvs"));
}

/** Networks that take too long in a page to be met without a word. */
export const SLOW: ReadonlySet<string> = new Set(["nin", "nin-imagenet", "alexnet", "vgg11", "nin-xl"]);

/**
 * The network, for these images: as many classes and channels as they have. The size of its input is its own, to which
 * images are resized.
 */
export function architectureOf(choice: BuiltinChoice, data: DataShape): Architecture {
  const own = builtinArchitecture(choice.name);
  const options: string[] = [];
  if (hasBlockOptions(choice.name)) {
    if (choice.mlpConvs !== undefined && choice.mlpConvs !== 2) options.push(`mlpConvs=${choice.mlpConvs}`);
    if (choice.mlpKernelSize === 3) options.push("mlpKernelSize=3");
    if (choice.head === "linear") options.push("head=linear");
  }
  const ownClasses = choice.name === "nin-imagenet" ? 1000 : 10;
  if (data.classes !== ownClasses) options.push(`classes=${data.classes}`);
  if (data.channels !== own.input.channels) options.push(`channels=${data.channels}`);
  return builtinArchitecture([choice.name, ...(options.length > 0 ? [options.join("&")] : [])].join("?"));
}
