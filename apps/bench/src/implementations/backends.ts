import { fileURLToPath } from "node:url";
import type { Device } from "@nin/backend";
import { type BackendListing, listBackends } from "@nin/registry";
import { bestAdapter } from "@nin/vulkan-driver";
import { BenchError } from "../errors";
import type { Absent, Contestant, Line } from "./implementation";

const CHILD = fileURLToPath(new URL("../../dist/child/backend-child.js", import.meta.url));

/** Measured only when it is asked for, and why. */
const ON_REQUEST: Readonly<Record<string, string>> = {
  "reference:cpu": "it is what the others are checked by",
  "tfjs:cpu": "plain JavaScript on one thread is a thousand times slower than the others",
};

/** Adapters that compute on the processor, the faster first: one of them is enough where none is named. */
const SOFTWARE_ADAPTERS = ["lavapipe", "swiftshader"];

/**
 * The backends and devices of the registry, or those named: `ID` for all devices of one, `ID:DEVICE`.
 *
 * Throws: `BenchError` for a name that the registry does not know.
 */
export async function backendLine(named: readonly string[]): Promise<Line> {
  const listings = await listBackends();
  const known = listings.flatMap(({ backend, devices }) => [
    backend,
    ...devices.map(({ id }) => `${backend}:${id}`),
  ]);
  const unknown = named.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new BenchError(`backend: expected one of ${known.join(", ")}, got ${unknown}`);
  }
  const lines = listings.map((listing) => lineOf(listing, named));
  return {
    contestants: lines.flatMap(({ contestants }) => contestants),
    absent: lines.flatMap(({ absent }) => absent),
  };
}

/** The command of a backend's device as a contestant. */
export function backendContestant(backend: string, device: Device): Contestant {
  return {
    id: `${backend}:${device.id}`,
    name: `${backend} on ${device.name}`,
    kind: "backend",
    hardware: hardwareOf(device.id),
    modes: ["train", "forward", "epoch"],
    precisions: ["f32", "mixed"],
    dropout: "counter",
    command: { file: process.execPath, args: [CHILD, backend, device.id] },
  };
}

function lineOf({ backend, devices, reason }: BackendListing, named: readonly string[]): Line {
  const isNamed = (id: string): boolean => named.includes(backend) || named.includes(`${backend}:${id}`);
  if (devices.length === 0)
    return { contestants: [], absent: [{ what: backend, why: reason ?? "no device" }] };
  const contestants: Contestant[] = [];
  const absent: Absent[] = [];
  for (const device of devices) {
    if (named.length > 0 && !isNamed(device.id)) continue;
    const why = device.available
      ? leftOut(backend, device.id, devices, named)
      : (device.reason ?? "not available");
    if (why === undefined) contestants.push(backendContestant(backend, device));
    else absent.push({ what: `${backend}:${device.id}`, why });
  }
  return { contestants, absent };
}

/** Why a usable device is not measured, where none was named. */
function leftOut(
  backend: string,
  device: string,
  devices: readonly Device[],
  named: readonly string[],
): string | undefined {
  if (named.length > 0) return undefined;
  const id = `${backend}:${device}`;
  const reason = ON_REQUEST[id];
  if (reason !== undefined) return `${reason}; measured with --backend ${id}`;
  const others = SOFTWARE_ADAPTERS.slice(0, Math.max(0, SOFTWARE_ADAPTERS.indexOf(device)));
  const faster = devices.find(({ id, available }) => available && others.includes(id));
  if (faster === undefined) return undefined;
  return `${faster.id} is a faster adapter on the same processor; measured with --backend ${id}`;
}

/** What a device computes on: WebGPU without a name on the best adapter that there is, TensorFlow on the processor. */
function hardwareOf(device: string): string {
  if (device === "tensorflow") return "cpu";
  if (device === "webgpu") return bestAdapter()?.id ?? "webgpu";
  return device;
}
