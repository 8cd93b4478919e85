import type { Precision } from "@nin/backend";
import type { KernelMeasurement } from "@nin/backend-webgpu/profiling";
import { builtinArchitecture } from "@nin/spec";
import { Command, Option } from "commander";
import { outOption, positiveInteger } from "./support/options.js";
import { environment, writeResult } from "./support/result.js";

interface Options {
  readonly model: string;
  readonly batch: number;
  readonly rounds: number;
  readonly device: "gpu" | "lavapipe" | "swiftshader";
  readonly precision: Precision;
  readonly tuned: boolean;
  readonly out?: string;
}

/** Kernels that take a smaller part of a pass are not printed. */
const LEAST_SHARE = 0.01;

export function webGpuKernelsCommand(): Command {
  return new Command("webgpu-kernels")
    .description("how long each kernel of a training pass takes on WebGPU, by the device's clock")
    .option("--model <name>", "built-in network", "nin")
    .option("--batch <n>", "number of images in a batch", positiveInteger, 8)
    .option("--rounds <n>", "number of timed rounds", positiveInteger, 5)
    .addOption(
      new Option("--device <id>", "adapter").choices(["gpu", "lavapipe", "swiftshader"]).default("lavapipe"),
    )
    .addOption(new Option("--precision <precision>", "precision").choices(["f32", "mixed"]).default("f32"))
    .option("--tuned", "with the kernels that a measured search finds, or found before", false)
    .addOption(outOption())
    .action(async (options: Options) => {
      const { model, batch, rounds, device, precision, tuned, out } = options;
      const { folderStore, measureKernels, openProfilingDevice } = await import(
        "@nin/backend-webgpu/profiling"
      );
      const { context } = await openProfilingDevice(device);
      const measured = await measureKernels(context, builtinArchitecture(model), {
        ...{ batch, precision, rounds },
        ...(tuned ? { tuning: folderStore() } : {}),
      });
      for (const line of linesOf(measured, options)) console.log(line);
      if (out === undefined) return;
      const what = { adapter: context.traits.name, model, precision, batch };
      const file = { format: "nin-webgpu-kernels", version: 1, environment: await environment() };
      await writeResult(out, { ...file, ...what, ...measured });
    });
}

function linesOf(
  { images, memory, totalMs, byKernel, kernels }: KernelMeasurement,
  { batch, model, precision }: Options,
): readonly string[] {
  const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const ratio = (memory.tensorBytes / memory.lowerBoundBytes).toFixed(2);
  return [
    ...kernels.filter(({ ms }) => ms > LEAST_SHARE * totalMs).map((line) => lineOf(line, totalMs)),
    ...byKernel.toSorted((a, b) => b.ms - a.ms).map((line) => lineOf({ ...line, writes: "" }, totalMs)),
    `Memory: micro-batches of ${images} of ${batch} images; ${memory.buffers} buffers for ${memory.tensors} tensors, ${mebibytes(memory.tensorBytes)}, at least ${mebibytes(memory.lowerBoundBytes)} (${ratio} times); parameters, gradients and other persistent buffers ${mebibytes(memory.regionBytes)}`,
    `${model}, ${precision}, ${images} images: ${totalMs.toFixed(1)} ms, ${((1000 * images) / totalMs).toFixed(2)} images/s`,
  ];
}

function lineOf(
  { kernel, writes, ms, flops, bytes }: Omit<KernelMeasurement["kernels"][number], "dispatches">,
  totalMs: number,
): string {
  const share = ((100 * ms) / totalMs).toFixed(1).padStart(5);
  const rate =
    flops > 0 ? `${(flops / ms / 1e6).toFixed(1)} GFLOP/s` : `${(bytes / ms / 1e6).toFixed(1)} GB/s`;
  return `${kernel.padEnd(26)} ${writes.padEnd(32)} ${ms.toFixed(2).padStart(9)} ms ${share}%  ${rate}`;
}
