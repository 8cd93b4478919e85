import { availableParallelism, cpus } from "node:os";
import type { Device } from "@nin/backend";

/** The devices of this backend on this machine. */
export async function listDevices(): Promise<readonly Device[]> {
  return [cpuDevice()];
}

function cpuDevice(): Device {
  const model = cpus()[0]?.model.trim() ?? "processor";
  return { id: "cpu", name: `${model}, ${availableParallelism()} threads`, available: true };
}
