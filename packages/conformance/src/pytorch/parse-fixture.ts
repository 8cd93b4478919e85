import { type Initialization, parseArchitecture, parseRecipe } from "@nin/spec";
import type {
  FixtureRun,
  NetworkDifferences,
  PyTorchFixture,
  RunDifferences,
  SyntheticData,
} from "./fixture.js";
import { JsonReader } from "./json-reader.js";
import { readTensorDigest } from "./kept-tensor.js";

/** Reads a fixture from parsed JSON. Throws: `FixtureError` naming the path. */
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

/** A recipe's `init`, read as part of a recipe: the spec has no parser for it alone. */
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
    images: json.field("images").wholeNumber(1),
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
