import { parseArgs } from "node:util";
import { builtinArchitecture, builtinRecipe, parseRecipe } from "../../../packages/spec/dist/index.js";

export const USAGE = `node scripts/measure/trajectory.mjs --model nin-mnist --recipe robust --steps 100 --data DIR --out RESULT.json
  --model NAME         a built-in architecture, with its options
  --recipe NAME        a built-in recipe
  --steps N            steps of the whole run
  --segment N          steps of a segment (5)
  --batch-size N       instead of the recipe's
  --seed N             instead of the recipe's
  --plateau            the run is known to stay on its plateau: no fall of the loss is asked for
  --backend ID         onnxruntime (default) or reference
  --device ID          the backend's device; its first by default
  --threads N          of the backend (2)
  --python PATH        a Python with scripts/pytorch/requirements.txt (python3)
  --python-threads N   of PyTorch (1)
  --oracle DIR         where the oracle's run is kept, and continued or used again (a new temporary folder)
  --spread-of FILE     an earlier result of the same run, whose spreads are used again
  --data DIR           Fashion-MNIST's IDX files
  --out FILE           the result, JSON`;

/** The command line, and the architecture and recipe it means. Throws: when it makes no sense. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      model: { type: "string" },
      recipe: { type: "string" },
      steps: { type: "string" },
      segment: { type: "string", default: "5" },
      "batch-size": { type: "string" },
      seed: { type: "string" },
      plateau: { type: "boolean", default: false },
      backend: { type: "string", default: "onnxruntime" },
      device: { type: "string" },
      threads: { type: "string", default: "2" },
      python: { type: "string", default: "python3" },
      "python-threads": { type: "string", default: "1" },
      oracle: { type: "string" },
      "spread-of": { type: "string" },
      data: { type: "string" },
      out: { type: "string" },
    },
  });
  const missing = ["model", "recipe", "steps", "data", "out"].filter((name) => values[name] === undefined);
  if (missing.length > 0) throw new Error(`expected ${missing.map((name) => `--${name}`).join(", ")}`);
  const architecture = builtinArchitecture(values.model);
  const recipe = effectiveRecipe(values);
  const steps = positiveInteger("steps", values.steps);
  const segment = positiveInteger("segment", values.segment);
  return {
    ...values,
    steps,
    segment,
    threads: positiveInteger("threads", values.threads),
    pythonThreads: positiveInteger("python-threads", values["python-threads"]),
    spreadOf: values["spread-of"],
    architecture,
    recipe,
    run: { model: values.model, recipe, steps, segment },
  };
}

function effectiveRecipe(values) {
  const recipe = builtinRecipe(values.recipe);
  return parseRecipe({
    ...recipe,
    batchSize: values["batch-size"] === undefined ? recipe.batchSize : Number(values["batch-size"]),
    seed: values.seed === undefined ? recipe.seed : Number(values.seed),
  });
}

function positiveInteger(name, text) {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`--${name}: expected a positive integer, got ${text}`);
  return value;
}
