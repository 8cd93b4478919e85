import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { BACKENDS, defaultsOf } from "./plans.mjs";

/** Where `unpack.sh` puts the images. */
const DATA = fileURLToPath(new URL("../../data/fashion-mnist", import.meta.url));

/** PyTorch's ways to run a network. */
const PYTORCH = ["eager", "eager-channels-last", "compile", "compile-channels-last"];

export const USAGE = `node scripts/card/check-and-measure.mjs --out RESULT.json
  --backend ID         onnxruntime, webgpu (onnxruntime)
  --device ID          onnxruntime: cuda, cpu; webgpu: gpu, lavapipe, swiftshader (the first)
  --steps LIST         onnxruntime: ${BACKENDS.onnxruntime.steps.join(", ")} (all)
                       webgpu: ${BACKENDS.webgpu.steps.join(", ")} (all)
  --data DIR           Fashion-MNIST as IDX files (NIN_DATA_DIR, else data/fashion-mnist here)
  --python PATH        a Python with torch, numpy and safetensors (python3)
  --threads N          of the host (webgpu all its cores, onnxruntime 4 at most)
  --architectures N    random networks (12; on a software adapter 3)
  --model NAME         the network that is timed (nin; on a software adapter nin-mnist)
  --batches LIST       batch sizes (onnxruntime 128,32; webgpu 128, on a software adapter 4)
  --modes LIST         train, forward (train,forward)
  --tf32 LIST          off, on (off,on; without a card off)
  --rounds N           slices of each contestant, in turn (5; on a software adapter 2)
  --seconds N          length of a slice (1)
  --limit-seconds N    for each step (onnxruntime 300, webgpu 540)
  --total-seconds N    for all of them: what does not fit is cut, then left out (3600)
  --out FILE           the result, JSON, written anew after every step
  --conformance SIZE   full, quick (full; on a software adapter quick)
  --trajectory-steps N of the trajectory (30; on a software adapter 5)
  --curve-epochs N     of the curve (10; on a software adapter 1)
  --curve-images N     the first N images only (all; on a software adapter 64)
of webgpu
  --precisions LIST    f32, mixed (f32,mixed)
  --pytorch LIST       ${PYTORCH.join(", ")} (all but compile)
  --product-extent N   of the matrix products that ceilings are measured by (8192; 512)
  --copy-mib N         that are copied for the same (2048; 64)`;

/** The command line. Throws: when it makes no sense. */
export function readOptions(args, environment = process.env) {
  const given = parse(args, {}, environment);
  const backend = oneOf("backend", Object.keys(BACKENDS), given.backend);
  const { devices, steps } = BACKENDS[backend];
  const device = oneOf("device", devices, given.device ?? devices[0]);
  const { size, pytorchDevice, ...defaults } = defaultsOf(backend, device);
  const values = parse(args, { steps: steps.join(), ...dashed(defaults) }, environment);
  if (values.out === undefined) throw new Error("expected --out");
  const { data, python, model, out } = values;
  const list = (name, known) => values[name].split(",").map((each) => oneOf(name, known, each));
  const number = (name) => positive(name, values[name]);
  const numbers = (name) => values[name].split(",").map((each) => positive(name, each));
  return {
    ...{ backend, device, size, pytorchDevice, data, python, model, out },
    steps: list("steps", steps),
    modes: list("modes", ["train", "forward"]),
    tf32: list("tf32", ["off", "on"]),
    precisions: list("precisions", ["f32", "mixed"]),
    pytorch: list("pytorch", PYTORCH),
    conformance: oneOf("conformance", ["full", "quick"], values.conformance),
    batches: numbers("batches"),
    threads: number("threads"),
    architectures: number("architectures"),
    rounds: number("rounds"),
    seconds: number("seconds"),
    trajectorySteps: number("trajectory-steps"),
    productExtent: number("product-extent"),
    copyMib: number("copy-mib"),
    curveEpochs: number("curve-epochs"),
    curveImages: values["curve-images"] === undefined ? null : number("curve-images"),
    limitSeconds: number("limit-seconds"),
    totalSeconds: number("total-seconds"),
  };
}

function parse(args, defaults, environment) {
  const text = (fallback) => ({ type: "string", ...(fallback === undefined ? {} : { default: fallback }) });
  const { values } = parseArgs({
    args,
    options: {
      backend: text("onnxruntime"),
      data: text(environment.NIN_DATA_DIR || DATA),
      python: text("python3"),
      modes: text("train,forward"),
      seconds: text("1"),
      precisions: text("f32,mixed"),
      pytorch: text(PYTORCH.filter((way) => way !== "compile").join()),
      "total-seconds": text("3600"),
      ...Object.fromEntries(DEPENDENT.map((name) => [name, text(defaults[name])])),
    },
  });
  return values;
}

/** Options whose defaults are the backend's and the device's, or that have none. */
const DEPENDENT = [
  ...["device", "steps", "architectures", "model", "batches", "tf32", "rounds", "out", "limit-seconds"],
  ...[
    "threads",
    "conformance",
    "trajectory-steps",
    "product-extent",
    "copy-mib",
    "curve-epochs",
    "curve-images",
  ],
];

/** Options are named with dashes on the command line. */
function dashed(defaults) {
  return Object.fromEntries(
    Object.entries(defaults).map(([name, value]) => [
      name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
      value,
    ]),
  );
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
