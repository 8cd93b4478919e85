import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { environment, runPython } from "@nin/measure";
import { at } from "@nin/spec";
import type { GpuOptions } from "./options.js";

/** Something that was found out, or why it could not be. */
type Described = Readonly<Record<string, unknown>>;

const DRIVER_FIELDS = ["name", "driver_version", "memory.total", "clocks.max.sm", "clocks.sm", "power.limit"];

/** The host, the packages, the GPU and its driver; what is not known is an error in its place. */
export async function describeMachine({ python, pytorchDevice }: GpuOptions): Promise<Described> {
  const [host, gpu, driver] = await Promise.all([
    describedOr("host", environment(python)),
    describedOr("card", describeGpu(python, pytorchDevice)),
    describedOr("nvidia-smi", describeDriver()),
  ]);
  return { ...host, card: gpu, driver };
}

async function describeGpu(python: string, device: string): Promise<Described> {
  return JSON.parse((await runPython(python, "describe_gpu.py", [device])).toString("utf8")) as Described;
}

async function describeDriver(): Promise<Described> {
  const args = [`--query-gpu=${DRIVER_FIELDS.join()}`, "--format=csv,noheader"];
  const { stdout } = await promisify(execFile)("nvidia-smi", args);
  const values = at(stdout.split("\n"), 0).split(", ");
  return Object.fromEntries(DRIVER_FIELDS.map((field, index) => [field, at(values, index).trim()]));
}

async function describedOr(what: string, description: Promise<Described>): Promise<Described> {
  try {
    return await description;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { error: `${what}: ${at(message.trim().split("\n"), -1)}` };
  }
}
