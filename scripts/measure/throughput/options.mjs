import { parseArgs } from "node:util";
import { CONTESTANTS } from "./contestants.mjs";

export const USAGE = `node scripts/measure/throughput.mjs --out RESULT.json
  --models LIST       built-in architectures (nin)
  --batches LIST      batch sizes (32,128)
  --modes LIST        train, forward (train,forward)
  --contestants LIST  ${CONTESTANTS.map(({ id }) => id).join(", ")} (PyTorch and onnxruntime)
  --tfjs FOLDER       where @tensorflow/tfjs-node is installed and loads, or for tfjs-webgpu
                      @tensorflow/tfjs, @tensorflow/tfjs-backend-webgpu and webgpu
  --recipe NAME       a built-in recipe, for its optimizer and initial weights (d2l)
  --rounds N          slices of each contestant, in turn (7)
  --seconds N         length of a slice (5)
  --threads N         of each contestant (2)
  --python PATH       a Python with scripts/pytorch/requirements.txt (python3)
  --out FILE          the result, JSON`;

/** The command line. Throws: when it makes no sense. */
export function readOptions(args) {
  const { values } = parseArgs({
    args,
    options: {
      models: { type: "string", default: "nin" },
      batches: { type: "string", default: "32,128" },
      modes: { type: "string", default: "train,forward" },
      contestants: {
        type: "string",
        default: CONTESTANTS.filter(({ onDemand }) => !onDemand)
          .map(({ id }) => id)
          .join(","),
      },
      tfjs: { type: "string" },
      recipe: { type: "string", default: "d2l" },
      rounds: { type: "string", default: "7" },
      seconds: { type: "string", default: "5" },
      threads: { type: "string", default: "2" },
      python: { type: "string", default: "python3" },
      out: { type: "string" },
    },
  });
  if (values.out === undefined) throw new Error("expected --out");
  return {
    recipe: values.recipe,
    python: values.python,
    out: values.out,
    tfjs: values.tfjs,
    models: values.models.split(","),
    batches: values.batches.split(",").map((batch) => positive("batches", batch)),
    modes: values.modes.split(",").map((mode) => oneOf("modes", ["train", "forward"], mode)),
    contestants: values.contestants.split(",").map(contestant),
    rounds: positive("rounds", values.rounds),
    seconds: positive("seconds", values.seconds),
    threads: positive("threads", values.threads),
  };
}

function contestant(id) {
  oneOf(
    "contestants",
    CONTESTANTS.map((one) => one.id),
    id,
  );
  return CONTESTANTS.find((one) => one.id === id);
}

function oneOf(name, known, value) {
  if (known.includes(value)) return value;
  throw new Error(`--${name}: expected some of ${known.join(", ")}, got ${value}`);
}

function positive(name, text) {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`--${name}: expected positive integers, got ${text}`);
  return value;
}
