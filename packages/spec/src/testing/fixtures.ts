import { readFileSync } from "node:fs";

/** What PyTorch says of an architecture; shapes are of a batch of one, one for each entry of `layers`. */
export interface PytorchFacts {
  readonly shapes: readonly (readonly number[])[];
  readonly parameters: Readonly<Record<string, readonly number[]>>;
  readonly macs: number;
}

/** PyTorch's answers: `scripts/pytorch-fixtures.py`. */
export const pytorchArchitectures = readFixture("pytorch-architectures.json") as {
  readonly builtins: readonly (PytorchFacts & { readonly reference: string })[];
  readonly random: readonly (PytorchFacts & { readonly json: unknown })[];
};

/** What PyTorch counts of networks written by hand: `tools/pytorch/resource_fixtures.py`. Of one image. */
export const pytorchResources = readFixture("pytorch-resources.json") as {
  readonly networks: readonly {
    /** A built-in network, or a file of `studies/architectures`. */
    readonly network: string;
    readonly parameters: number;
    readonly macs: number;
    readonly trainingMacs: number;
    readonly activationBytes: number;
    readonly peakActivationBytes: number;
  }[];
};

/** Pillow's answers: `scripts/pytorch-fixtures.py`. */
export const pillowRows = readFixture("pillow-rows.json") as {
  readonly rows: readonly { readonly input: readonly number[]; readonly output: readonly number[] }[];
};

/** A convolution, with the ReLU after it, or another layer of `nin` at 1x224x224. */
export interface NinBaseLayer {
  readonly name: string;
  readonly type: string;
  readonly params: number;
  readonly macs: number;
  readonly out_elems: number;
  readonly cin?: number;
  readonly cout?: number;
  readonly c?: number;
  readonly out_hw?: readonly [number, number];
}

/** Facts of the tutorial's network by formula, confirmed with PyTorch's counter of operations. */
export const ninBaseFacts = readFixture("nin-base-facts.json") as {
  readonly total_params: number;
  readonly param_bytes_f32: number;
  readonly total_macs_forward: number;
  readonly macs_train_step_per_image: number;
  readonly act_elems_per_image: {
    readonly input: number;
    readonly sum_all_module_outputs_not_inplace: number;
  };
  readonly n_weight_layers: number;
  readonly layers: readonly NinBaseLayer[];
};

function readFixture(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../fixtures/${name}`, import.meta.url), "utf8"));
}
