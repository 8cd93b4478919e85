import { type Architecture, builtinArchitecture, builtinRecipe, type Recipe } from "@nin/spec";
import { withHeadChannels, withLinearHead, withWideHead } from "./variants.js";

/** An architecture and a recipe to begin with. */
export interface Setup {
  /** `3x3-instead-of-1x1:3x3`. */
  readonly id: string;
  readonly label: string;
  readonly architecture: Architecture;
  /** Of an unknown amount of data: `sizedRecipe` suits it to the images. */
  readonly recipe: Recipe;
  /** What to know before training it here. */
  readonly note?: string;
}

/** One of the tutorial's exercises, with the networks that answer it. */
export interface Exercise {
  readonly id: string;
  readonly title: string;
  readonly question: string;
  /** What to look at. */
  readonly hint: string;
  /** The network that the others are compared with comes first. */
  readonly setups: readonly [Setup, ...Setup[]];
}

/** What the networks must suit. */
export interface ExerciseData {
  readonly classes: number;
  /** Of the network's input: 1 for grey images, 3 for colour. */
  readonly channels: number;
}

const HEAVY = "Large for a browser: training it takes a GPU.";

/**
 * The six exercises that Dive into Deep Learning ends its section on NiN with, on the authors' network for small images,
 * which learns in a browser in minutes. The networks are those of `studies/` and `docs/exercises`.
 *
 * Source: Zhang, Lipton, Li, Smola, Dive into Deep Learning, section 8.3.
 */
export function exercisesFor({ classes, channels }: ExerciseData): readonly Exercise[] {
  const ofData = [
    ...(classes === 10 ? [] : [`classes=${classes}`]),
    ...(channels === 1 ? [] : [`channels=${channels}`]),
  ];
  const network = (name: string, ...options: readonly string[]): Architecture => {
    const all = [...options, ...ofData];
    return builtinArchitecture(all.length === 0 ? name : `${name}?${all.join("&")}`);
  };
  const base = network("nin-mnist");
  const wide = withWideHead(base, classes);
  return [
    exercise("1x1-convolutions", "How many 1×1 convolutions?", [
      "Why does a block have two 1×1 convolutions? Take them away, take one, take three.",
      "Without any, a block is a plain convolution. Compare the test accuracy after the same number of steps, and the steps a second.",
      ["two, as published", base],
      ["none", network("nin-mnist", "mlpConvs=0")],
      ["one", network("nin-mnist", "mlpConvs=1")],
      ["three", network("nin-mnist", "mlpConvs=3")],
      ["four", network("nin-mnist", "mlpConvs=4")],
    ]),
    exercise("3x3-instead-of-1x1", "3×3 in place of 1×1", [
      "What changes when the 1×1 convolutions become 3×3 ones?",
      "A 3×3 convolution has nine times the weights, and sees neighbours. Look at what each place has seen of the input, and at the speed.",
      ["1×1", base],
      ["3×3", network("nin-mnist", "mlpKernelSize=3")],
    ]),
    exercise("global-average-pooling", "Fully connected in place of the average", [
      "What do speed, accuracy and the number of parameters become with fully connected layers in place of global average pooling?",
      "With a linear layer on the maps, the class activation maps are gone: a place of the image has no share of a score that can be read off.",
      ["global average pooling", base],
      ["linear layer on the class maps", network("nin-mnist", "head=linear")],
      ["linear layer on the features", withLinearHead(base, classes)],
      ...(wide === undefined ? [] : ([["4,096, 4,096 and the classes", wide, HEAVY]] as const)),
    ]),
    exercise("resources", "What does NiN need?", [
      "How many parameters, how much computation, how much memory? Compare with AlexNet and VGG-11.",
      "The diagram counts by formula. At 224×224 these are the tutorial's networks; the small ones can be trained here.",
      ["NiN, small", base],
      ["AlexNet at 80×80", network("alexnet", "size=80"), HEAVY],
      ["VGG-11 at 32×32", network("vgg11", "size=32"), HEAVY],
      ["NiN at 224×224", network("nin"), HEAVY],
      ["AlexNet at 224×224", network("alexnet"), HEAVY],
      ["VGG-11 at 224×224", network("vgg11"), HEAVY],
    ]),
    exercise("reducing-to-the-classes", "From features to classes", [
      "What can go wrong when the last block goes from many channels to one for each class in a single step?",
      "A ReLU can silence a class for good: watch for an empty column in the confusion matrix. The tutorial's network reduces at once.",
      ["by way of more channels, as published", base],
      ["at once", withHeadChannels(base, [classes, classes, classes])],
      ["in steps", withHeadChannels(base, [Math.max(32, classes), Math.max(16, classes), classes])],
    ]),
    exercise("depth-family", "A family of networks", [
      "VGG-11, 13, 16 and 19 follow one rule. What would such a family of NiNs be?",
      "Three stages; a pool between them halves height and width and the channels double. Larger members have more and wider blocks.",
      ["nin-xs", network("nin-xs")],
      ["nin-s", network("nin-s")],
      ["nin-m", network("nin-m")],
      ["nin-l", network("nin-l"), HEAVY],
      ["nin-xl", network("nin-xl"), HEAVY],
    ]),
  ];
}

type SetupEntry = readonly [label: string, architecture: Architecture, note?: string];

function exercise(
  id: string,
  title: string,
  [question, hint, first, ...others]: readonly [string, string, SetupEntry, ...SetupEntry[]],
): Exercise {
  const recipe = builtinRecipe("robust");
  const setup = ([label, architecture, note]: SetupEntry, index: number): Setup => ({
    id: `${id}:${index}`,
    label,
    architecture,
    recipe,
    ...(note === undefined ? {} : { note }),
  });
  return {
    id,
    title,
    question,
    hint,
    setups: [setup(first, 0), ...others.map((entry, index) => setup(entry, index + 1))],
  };
}
