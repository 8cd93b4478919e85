import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Precision } from "@nin/backend";
import { positiveInteger } from "@nin/measure";
import { at } from "@nin/spec";
import { Command, InvalidArgumentError, Option } from "commander";

/** What is checked and measured, and how. */
export interface GpuOptions {
  readonly backend: BackendId;
  readonly device: string;
  /** `full` on a GPU, `small` on a software adapter. */
  readonly size: "full" | "small";
  /** The device of PyTorch. */
  readonly pytorchDevice: "cuda" | "cpu";
  /** The folder of Fashion-MNIST's files. */
  readonly data: string;
  readonly python: string;
  readonly out: string;
  readonly model: string;
  readonly steps: readonly string[];
  readonly modes: readonly string[];
  readonly precisions: readonly Precision[];
  readonly conformance: "full" | "quick";
  readonly batches: readonly number[];
  readonly threads: number;
  readonly architectures: number;
  readonly rounds: number;
  readonly seconds: number;
  readonly benchMinutes: number;
  readonly trajectorySteps: number;
  readonly productExtent: number;
  readonly copyMib: number;
  readonly curveEpochs: number;
  /** The number of images to train on, the first ones; null for all. */
  readonly curveImages: number | null;
  readonly limitSeconds: number;
  readonly totalSeconds: number;
}

export type BackendId = "onnxruntime" | "webgpu";

/** What can be checked and measured: the devices of each backend, the first the default, and its steps in order. */
export const BACKENDS: Readonly<
  Record<BackendId, { readonly devices: readonly string[]; readonly steps: readonly string[] }>
> = {
  onnxruntime: {
    devices: ["cuda", "cpu"],
    steps: [
      ...[
        "backends",
        "tf32",
        "nin-base",
        "conformance",
        "random-architectures",
        "cpu-comparison",
        "trajectory",
      ],
      ...["placement", "throughput", "runs", "curve"],
    ],
  },
  webgpu: {
    devices: ["gpu", "lavapipe", "swiftshader"],
    steps: [
      ...["backends", "conformance", "conformance-mixed", "random-architectures", "trajectory"],
      ...["ceilings", "tuning", "kernels", "throughput", "curve"],
    ],
  },
};

/** Where `unpack.sh` puts the images. */
const DATA = fileURLToPath(new URL("../../../data/fashion-mnist", import.meta.url));

const GPU_SIZES = {
  size: "full",
  architectures: 12,
  model: "nin",
  rounds: 5,
  conformance: "full",
  trajectorySteps: 30,
  productExtent: 8192,
  copyMib: 2048,
  curveEpochs: 10,
  curveImages: null,
  benchMinutes: 6,
} as const;

/** Sizes that a software adapter is done with in minutes. */
const SMALL_SIZES = {
  size: "small",
  architectures: 3,
  model: "nin-mnist",
  rounds: 2,
  conformance: "quick",
  trajectorySteps: 5,
  productExtent: 512,
  copyMib: 64,
  curveEpochs: 1,
  curveImages: 64,
  benchMinutes: 2,
} as const;

/** What depends on the backend and the device, where it is not given. */
function defaultsOf(backend: BackendId, device: string) {
  const isSmall = device === "lavapipe" || device === "swiftshader";
  const isGpu = device === "cuda" || device === "gpu";
  const cores = availableParallelism();
  return {
    ...(isSmall ? SMALL_SIZES : GPU_SIZES),
    // The backends are compared by a training step of the tutorial's batches.
    batches: isSmall ? [4] : backend === "webgpu" ? [128] : [128, 32],
    limitSeconds: backend === "webgpu" ? 540 : 300,
    // ONNX Runtime computes on these threads too; next to WebGPU there is PyTorch alone.
    threads: backend === "webgpu" ? cores : Math.min(4, cores),
    pytorchDevice: isGpu ? "cuda" : "cpu",
  } as const;
}

/** The command, without its action. */
export function gpuCommand(): Command {
  const list = (known: readonly string[]) => (text: string) =>
    text.split(",").map((value) => {
      if (known.includes(value)) return value;
      throw new InvalidArgumentError(`expected some of ${known.join(", ")}, got ${value}`);
    });
  const sizes = (text: string): readonly number[] => text.split(",").map(positiveInteger);
  return new Command("gpu")
    .description(
      "Checks a backend on a GPU, then measures it. Status 1 when a step did not pass, 2 for a wrong command.",
    )
    .addOption(new Option("--backend <id>", "backend").choices(Object.keys(BACKENDS)).default("onnxruntime"))
    .option(
      "--device <id>",
      "onnxruntime: cuda, cpu; webgpu: gpu, lavapipe, swiftshader (default: the first)",
    )
    .option(
      "--steps <list>",
      `steps, with commas; ${stepsHelp()} (default: all of the backend)`,
      list(allSteps()),
    )
    .addOption(
      new Option("--data <folder>", "folder of Fashion-MNIST's IDX files").env("NIN_DATA_DIR").default(DATA),
    )
    .option("--python <path>", "Python with torch, numpy and safetensors", "python3")
    .option("--threads <n>", "threads of the host (default: all; onnxruntime 4 at most)", positiveInteger)
    .option("--architectures <n>", "random networks (default: 12; on a software adapter 3)", positiveInteger)
    .option("--model <name>", "network to time (default: nin; on a software adapter nin-mnist)")
    .option(
      "--batches <list>",
      "batch sizes (default: 128, onnxruntime also 32; on a software adapter 4)",
      sizes,
    )
    .option("--modes <list>", "train, forward", list(["train", "forward"]), ["train", "forward"])
    .option("--precisions <list>", "webgpu: f32, mixed", list(["f32", "mixed"]), ["f32", "mixed"])
    .option(
      "--rounds <n>",
      "rounds in which kernels are timed (default: 5; on a software adapter 2)",
      positiveInteger,
    )
    .option("--seconds <n>", "seconds that each way of running steps is timed for", positiveInteger, 1)
    .option(
      "--bench-minutes <n>",
      "minutes of the benchmark (default: 6; on a software adapter 2)",
      positiveInteger,
    )
    .addOption(
      new Option(
        "--conformance <size>",
        "cases of the suite (default: full; on a software adapter quick)",
      ).choices(["full", "quick"]),
    )
    .option(
      "--trajectory-steps <n>",
      "steps of the trajectory (default: 30; on a software adapter 5)",
      positiveInteger,
    )
    .option(
      "--curve-epochs <n>",
      "epochs of the curve (default: 10; on a software adapter 1)",
      positiveInteger,
    )
    .option(
      "--curve-images <n>",
      "images of the curve, the first ones (default: all; on a software adapter 64)",
      positiveInteger,
    )
    .option(
      "--product-extent <n>",
      "extent of the matrices of the ceilings (default: 8192; on a software adapter 512)",
      positiveInteger,
    )
    .option(
      "--copy-mib <n>",
      "MiB that are copied for the ceilings (default: 2048; on a software adapter 64)",
      positiveInteger,
    )
    .option(
      "--limit-seconds <n>",
      "seconds for each step (default: onnxruntime 300, webgpu 540)",
      positiveInteger,
    )
    .option(
      "--total-seconds <n>",
      "seconds for all steps: what does not fit is cut, then skipped",
      positiveInteger,
      3600,
    )
    .requiredOption("--out <file>", "file of the result, JSON, which is written anew after every step");
}

/**
 * The options of a command line that was parsed, the ones that depend on backend and device filled in.
 *
 * @throws InvalidArgumentError for a device or steps of another backend
 */
export function optionsOf(command: Command): GpuOptions {
  const given = command.opts<Partial<GpuOptions> & Pick<GpuOptions, "backend">>();
  const { devices, steps } = BACKENDS[given.backend];
  const device = oneOf("device", devices, given.device ?? at(devices, 0));
  for (const step of given.steps ?? []) oneOf("steps", steps, step);
  return { ...defaultsOf(given.backend, device), steps, ...given, device } as GpuOptions;
}

function oneOf(name: string, known: readonly string[], value: string): string {
  if (known.includes(value)) return value;
  throw new InvalidArgumentError(`--${name}: expected one of ${known.join(", ")}, got ${value}`);
}

function allSteps(): readonly string[] {
  return [...new Set(Object.values(BACKENDS).flatMap(({ steps }) => steps))];
}

function stepsHelp(): string {
  return Object.entries(BACKENDS)
    .map(([id, { steps }]) => `${id}: ${steps.join(", ")}`)
    .join("; ");
}
