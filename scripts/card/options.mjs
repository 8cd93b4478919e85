import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

/** Where `unpack.sh` puts the images. */
const DATA = fileURLToPath(new URL("../../data/fashion-mnist", import.meta.url));

/** What is done, in this order. */
export const STEPS = [
  "backends",
  "tf32",
  "nin-base",
  "random-architectures",
  "trajectory",
  "placement",
  "throughput",
  "micro-batches",
];

export const USAGE = `node scripts/card/check-and-measure.mjs --out RESULT.json
  --device ID          cuda, cpu (cuda)
  --steps LIST         ${STEPS.join(", ")} (all)
  --data DIR           Fashion-MNIST's test images as IDX files (NIN_DATA_DIR, else data/fashion-mnist here)
  --python PATH        a Python with torch, numpy and safetensors (python3)
  --threads N          of the host (4, or as many cores as there are)
  --architectures N    random networks (12)
  --model NAME         the network that is timed (nin)
  --batches LIST       batch sizes (128,32)
  --modes LIST         train, forward (train,forward)
  --tf32 LIST          off, on (off,on; on cpu off)
  --rounds N           slices of each contestant, in turn (5)
  --seconds N          length of a slice (1)
  --micro-batches LIST images of a micro-batch that are tried (8,16,32,64,128)
  --limit-seconds N    for each step (300)
  --total-seconds N    for all of them: what does not fit is cut, then left out (3600)
  --out FILE           the result, JSON, written anew after every step`;

/** The command line. Throws: when it makes no sense. */
export function readOptions(args, environment = process.env) {
  const text = (fallback) => ({ type: "string", default: fallback });
  const { values } = parseArgs({
    args,
    options: {
      device: text("cuda"),
      steps: text(STEPS.join()),
      data: text(environment.NIN_DATA_DIR || DATA),
      python: text("python3"),
      threads: text(`${Math.min(4, availableParallelism())}`),
      architectures: text("12"),
      model: text("nin"),
      batches: text("128,32"),
      modes: text("train,forward"),
      tf32: { type: "string" },
      rounds: text("5"),
      seconds: text("1"),
      "micro-batches": text("8,16,32,64,128"),
      "limit-seconds": text("300"),
      "total-seconds": text("3600"),
      out: { type: "string" },
    },
  });
  if (values.out === undefined) throw new Error("expected --out");
  const { data, python, model, out } = values;
  const device = oneOf("device", ["cuda", "cpu"], values.device);
  const tf32 = values.tf32 ?? (device === "cuda" ? "off,on" : "off");
  return {
    ...{ data, python, model, out, device },
    steps: values.steps.split(",").map((step) => oneOf("steps", STEPS, step)),
    modes: values.modes.split(",").map((mode) => oneOf("modes", ["train", "forward"], mode)),
    tf32: tf32.split(",").map((setting) => oneOf("tf32", ["off", "on"], setting)),
    batches: values.batches.split(",").map((each) => positive("batches", each)),
    microBatches: values["micro-batches"].split(",").map((each) => positive("micro-batches", each)),
    threads: positive("threads", values.threads),
    architectures: positive("architectures", values.architectures),
    rounds: positive("rounds", values.rounds),
    seconds: positive("seconds", values.seconds),
    limitSeconds: positive("limit-seconds", values["limit-seconds"]),
    totalSeconds: positive("total-seconds", values["total-seconds"]),
  };
}

function oneOf(name, known, value) {
  if (known.includes(value)) return value;
  throw new Error(`--${name}: expected one of ${known.join(", ")}, got ${value}`);
}

function positive(name, text) {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`--${name}: expected positive integers, got ${text}`);
  return value;
}
