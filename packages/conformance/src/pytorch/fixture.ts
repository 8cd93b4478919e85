import {
  type Architecture,
  type Initialization,
  parseArchitecture,
  parseRecipe,
  type Recipe,
} from "@nin/spec";
import { JsonReader } from "./json-reader.js";
import { readTensorDigest, type TensorDigest } from "./tensor-digest.js";

/** The results of a network in PyTorch's float64, as `tools/pytorch/conformance_fixtures.py` writes them. */
export interface PyTorchFixture {
  /** The versions and the script that made it. */
  readonly about: string;
  readonly architecture: Architecture;
  readonly data: SyntheticData;
  /** Networks of `full` size have too many values to be away from every kink. */
  readonly size: "small" | "full";
  /** The margin of the batch as the reference defines it; undefined where windows have equal maxima. */
  readonly margin: number | undefined;
  /** The output of each layer by name: `net.0`. */
  readonly activations: ReadonlyMap<string, TensorDigest>;
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, TensorDigest>;
  /** How far PyTorch's own float32 is from it. */
  readonly float32: NetworkDifferences;
  readonly runs: readonly FixtureRun[];
}

/** What a fixture's weights, input and labels are made from. */
export interface SyntheticData {
  readonly seed: number;
  /** Images in the batch. */
  readonly batch: number;
  /** `integers` are small, so that windows have equal maxima. */
  readonly values: "uniform" | "integers";
  readonly init: Recipe["init"];
}

/** Relative L2 of each tensor, and the loss's relative difference. */
export interface NetworkDifferences {
  readonly activations: ReadonlyMap<string, number>;
  readonly loss: number;
  readonly gradients: ReadonlyMap<string, number>;
}

/** A training run on synthetic images, from the recipe's own initial weights. */
export interface FixtureRun {
  /** `sgd-momentum`. */
  readonly id: string;
  readonly recipe: Recipe;
  /** Number of images in the data set. */
  readonly count: number;
  /** Whether batches are given as indices into the data set, or as bytes. */
  readonly batches: "indices" | "images";
  readonly steps: number;
  /** The smallest margin of all steps. */
  readonly margin: number;
  /** The loss of each step, with dropout, before its update. */
  readonly losses: readonly number[];
  /** Scores of all images after the last step. */
  readonly logits: TensorDigest;
  /** `w_K - w_0` of each parameter. */
  readonly updates: ReadonlyMap<string, TensorDigest>;
  /** The largest differences of runs whose weights are moved by 2^-23 of themselves. */
  readonly spread: RunDifferences;
  /** How far PyTorch's own float32 is from it. */
  readonly float32: RunDifferences;
}

/** Each loss's relative difference; relative L2 of the logits and of each update. */
export interface RunDifferences {
  readonly losses: readonly number[];
  readonly logits: number;
  readonly updates: ReadonlyMap<string, number>;
}

/**
 * Reads a fixture from parsed JSON.
 *
 * @throws FixtureError that names the path
 */
export function parsePyTorchFixture(json: unknown): PyTorchFixture {
  const root = new JsonReader(json);
  root.field("format").oneOf("nin-pytorch-fixture");
  root.field("version").oneOf(1);
  return {
    about: root.field("about").string(),
    architecture: root.field("architecture").parsed(parseArchitecture),
    data: readData(root.field("data")),
    size: root.field("size").oneOf("small", "full"),
    margin: root.field("margin").value === null ? undefined : root.field("margin").notNegative(),
    activations: root.field("activations").map(readTensorDigest),
    loss: root.field("loss").notNegative(),
    gradients: root.field("gradients").map(readTensorDigest),
    float32: readNetworkDifferences(root.field("float32")),
    runs: root.field("runs").array().map(readRun),
  };
}

function readData(json: JsonReader): SyntheticData {
  return {
    seed: json.field("seed").wholeNumber(0),
    batch: json.field("batch").wholeNumber(1),
    values: json.field("values").oneOf("uniform", "integers"),
    init: json.field("init").parsed(parseInit),
  };
}

/** The `init` of a recipe, read as part of one, because the spec has no parser for it alone. */
function parseInit(init: unknown): Initialization {
  return parseRecipe({
    format: "nin-recipe",
    version: 1,
    name: "init",
    loss: "softmaxCrossEntropy",
    optimizer: { kind: "sgd", learningRate: 1 },
    schedule: { kind: "constant" },
    preprocessing: { mean: 0, std: 1 },
    batchSize: 1,
    epochs: 1,
    seed: 0,
    init,
  }).init;
}

function readNetworkDifferences(json: JsonReader): NetworkDifferences {
  return {
    activations: json.field("activations").map((difference) => difference.notNegative()),
    loss: json.field("loss").notNegative(),
    gradients: json.field("gradients").map((difference) => difference.notNegative()),
  };
}

function readRun(json: JsonReader): FixtureRun {
  const steps = json.field("steps").wholeNumber(1);
  const losses = json.field("losses").numbers();
  if (losses.length !== steps) json.field("losses").fail(`${steps} numbers, one a step`);
  return {
    id: json.field("id").string(),
    recipe: json.field("recipe").parsed(parseRecipe),
    count: json.field("images").wholeNumber(1),
    batches: json.field("batches").oneOf("indices", "images"),
    steps,
    margin: json.field("margin").notNegative(),
    losses,
    logits: readTensorDigest(json.field("logits")),
    updates: json.field("updates").map(readTensorDigest),
    spread: readRunDifferences(json.field("spread"), steps),
    float32: readRunDifferences(json.field("float32"), steps),
  };
}

function readRunDifferences(json: JsonReader, steps: number): RunDifferences {
  const losses = json
    .field("losses")
    .array()
    .map((difference) => difference.notNegative());
  if (losses.length !== steps) json.field("losses").fail(`${steps} numbers, one a step`);
  return {
    losses,
    logits: json.field("logits").notNegative(),
    updates: json.field("updates").map((difference) => difference.notNegative()),
  };
}
