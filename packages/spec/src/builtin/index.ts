import type { Architecture } from "../architecture/architecture.js";
import { type ArchitectureDefinition, defineArchitecture } from "../authoring/define.js";
import { SpecError } from "../reading/errors.js";
import { at } from "../reading/present.js";
import { alexnet, vgg11 } from "./alexnet-vgg11.js";
import { nin } from "./nin.js";
import { ninCifar10 } from "./nin-cifar10.js";
import { FAMILY, ninFamilyMember } from "./nin-family.js";
import { ninImagenet } from "./nin-imagenet.js";
import { ninMnist } from "./nin-mnist.js";
import { ModelOptions } from "./options.js";

/** A built-in architecture, for lists and help texts. */
export interface BuiltinArchitecture {
  readonly name: string;
  readonly description: string;
  /** Its options with their values and defaults, for a person. */
  readonly options: string;
  readonly build: (options: ModelOptions) => ArchitectureDefinition;
}

const SHARED_OPTIONS = "classes, channels, size";
const BLOCK_OPTIONS = "mlpConvs 0-4 (2), mlpKernelSize 1|3 (1), head gap|linear (gap)";

export const builtinArchitectures: readonly BuiltinArchitecture[] = [
  {
    name: "nin",
    description: "the tutorial's NiN, 1x224x224",
    options: `${BLOCK_OPTIONS}, ${SHARED_OPTIONS}`,
    build: nin,
  },
  {
    name: "nin-mnist",
    description: "the authors' MNIST network, 1x28x28",
    options: `${BLOCK_OPTIONS}, ${SHARED_OPTIONS}`,
    build: ninMnist,
  },
  {
    name: "nin-cifar10",
    description: "the authors' CIFAR-10 network, 3x32x32",
    options: SHARED_OPTIONS,
    build: ninCifar10,
  },
  {
    name: "nin-imagenet",
    description: "the authors' ImageNet network, 3x224x224, 1,000 classes",
    options: SHARED_OPTIONS,
    build: ninImagenet,
  },
  {
    name: "alexnet",
    description: "the tutorial's AlexNet, 1x224x224",
    options: SHARED_OPTIONS,
    build: alexnet,
  },
  {
    name: "vgg11",
    description: "the tutorial's VGG-11, 1x224x224",
    options: SHARED_OPTIONS,
    build: vgg11,
  },
  ...FAMILY.map((member) => ({
    name: member.name,
    description: `the depth family: stages of ${member.depths.join(", ")} blocks, ${member.width} channels in the first, 1x28x28`,
    options: SHARED_OPTIONS,
    build: ninFamilyMember(member),
  })),
];

/**
 * A built-in architecture by name, with options after `?`: `nin?mlpConvs=3&channels=3`.
 *
 * @throws `SpecError` for an unknown name or option, or a value that does not suit it.
 */
export function builtinArchitecture(reference: string): Architecture {
  const parts = reference.split("?");
  const [name, query] = [at(parts, 0), parts.slice(1)];
  const builtin = builtinArchitectures.find((candidate) => candidate.name === name);
  if (builtin === undefined) {
    const names = builtinArchitectures.map((candidate) => candidate.name);
    throw new SpecError("model", `one of ${names.join(", ")}`, name);
  }
  const options = new ModelOptions(name, query.length === 0 ? undefined : query.join("?"));
  const content = builtin.build(options);
  options.end();
  return defineArchitecture({ ...content, name: `${name}${options.canonical}` });
}
