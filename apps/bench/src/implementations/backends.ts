import { fileURLToPath } from "node:url";
import type { Device } from "@nin/backend";
import { type BackendListing, listBackends } from "@nin/registry";
import { bestAdapter } from "@nin/vulkan-driver";
import { BenchError } from "../protocol/errors.js";
import type { ImplementationCommand } from "../protocol/implementation-process.js";
import type { Absent, Implementation, Targets } from "./targets.js";

const CHILD = fileURLToPath(new URL("../../dist/child/backend-child.js", import.meta.url));

/** Devices that are measured only when `--backend` names them, and why. */
const ON_REQUEST: Readonly<Record<string, string>> = {
  "reference:cpu": "it is what the others are checked by",
  "tfjs:cpu": "plain JavaScript on one thread is a thousand times slower than the others",
};

/** Adapters that compute on the processor, the faster first; one of them is enough where none is named. */
const SOFTWARE_ADAPTERS = ["lavapipe", "swiftshader"];

/**
 * The backends and devices of the registry, or those named: `ID` for all devices of one, `ID:DEVICE`.
 *
 * @throws `BenchError` for a name that the registry does not know
 */
export async function backendTargets(named: readonly string[]): Promise<Targets> {
  const listings = await listBackends();
  const known = listings.flatMap(({ backend, devices }) => [
    backend,
    ...devices.map(({ id }) => `${backend}:${id}`),
  ]);
  const unknown = named.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new BenchError(`backend: expected one of ${known.join(", ")}, got ${unknown}`);
  }
  const targets = listings.map((listing) => targetsOf(listing, named));
  return {
    implementations: targets.flatMap(({ implementations }) => implementations),
    absent: targets.flatMap(({ absent }) => absent),
  };
}

/** A backend's device as an implementation. */
export function backendImplementation(backend: string, device: Device): Implementation {
  return {
    id: `${backend}:${device.id}`,
    name: `${backend} on ${device.name}`,
    kind: "backend",
    hardware: hardwareOf(device.id),
    modes: ["train", "forward", "epoch"],
    precisions: ["f32", "mixed"],
    dropout: "counter",
    command: commandOf(backend, device.id),
  };
}

/** The command that runs a backend's device, of this build or of that whose registry module is given as a URL. */
export function commandOf(backend: string, device: string, registry?: string): ImplementationCommand {
  const args = [CHILD, backend, device, ...(registry === undefined ? [] : [registry])];
  return { file: process.execPath, args };
}

function targetsOf({ backend, devices, reason }: BackendListing, named: readonly string[]): Targets {
  const isNamed = (id: string): boolean => named.includes(backend) || named.includes(`${backend}:${id}`);
  if (devices.length === 0)
    return { implementations: [], absent: [{ what: backend, why: reason ?? "no device" }] };
  const implementations: Implementation[] = [];
  const absent: Absent[] = [];
  for (const device of devices) {
    if (named.length > 0 && !isNamed(device.id)) continue;
    const why = device.available
      ? whyExcluded(backend, device.id, devices, named)
      : (device.reason ?? "not available");
    if (why === undefined) implementations.push(backendImplementation(backend, device));
    else absent.push({ what: `${backend}:${device.id}`, why });
  }
  return { implementations, absent };
}

/** Why a usable device is not measured where none is named; `undefined` where it is. */
function whyExcluded(
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
