import type { Device, Hardware } from "@nin/backend";
import { packageFile } from "@nin/files";
import { type BackendListing, listBackends } from "@nin/registry";
import { BenchError } from "../protocol/errors.js";
import type { Absent, Implementation, Targets } from "./targets.js";

const CHILD = packageFile(import.meta.url, "@nin/bench", "dist/child/backend-child.js");

/** Says to a backend's process how it computes convolutions. */
export const CONVOLUTION_VARIABLE = "NIN_BENCH_CONVOLUTION";

/** Devices that are measured only when `--backend` names them, and why. */
const ON_REQUEST: Readonly<Record<string, string>> = {
  "reference:cpu": "it is what the others are checked by",
  "tfjs:cpu": "plain JavaScript on one thread is a thousand times slower than the others",
};

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
    hardware: hardwareId(device.hardware),
    modes: ["train", "forward", "epoch"],
    precisions: ["f32", "mixed"],
    ...(device.mixedFactors !== undefined && { mixedFactors: device.mixedFactors }),
    dropout: "counter",
    command: { file: process.execPath, args: [CHILD, backend, device.id] },
  };
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
      ? whyExcluded(backend, device, devices, named)
      : (device.reason ?? "not available");
    if (why === undefined) implementations.push(backendImplementation(backend, device));
    else absent.push({ what: `${backend}:${device.id}`, why });
  }
  return { implementations, absent };
}

/** Why a usable device is not measured where none is named; `undefined` where it is. */
function whyExcluded(
  backend: string,
  device: Device,
  devices: readonly Device[],
  named: readonly string[],
): string | undefined {
  if (named.length > 0) return undefined;
  const id = `${backend}:${device.id}`;
  const reason = ON_REQUEST[id];
  if (reason !== undefined) return `${reason}; measured with --backend ${id}`;
  // One software adapter is enough where none is named, and a backend lists the faster one first.
  const faster = devices.find(({ available, hardware }) => available && isSoftwareAdapter(hardware));
  if (!isSoftwareAdapter(device.hardware) || faster === undefined || faster === device) return undefined;
  return `${faster.id} is a faster adapter on the same processor; measured with --backend ${id}`;
}

/** A graphics driver that computes on the processor. */
function isSoftwareAdapter(hardware: Hardware | undefined): boolean {
  return hardware?.kind === "cpu" && hardware.driver !== undefined;
}

/** The name of the hardware in results: the way in which it is reached where there are several, else `cpu` or `gpu`. */
function hardwareId(hardware: Hardware | undefined): string {
  return hardware?.driver ?? hardware?.kind ?? "unknown";
}
