import type { Device, DeviceDetail, TunedLayer } from "@nin/backend";
import { type BackendListing, type BackendTuning, listBackends, listTuning } from "@nin/registry";
import { at, shownText } from "@nin/spec";
import { Command } from "commander";
import type { Paint } from "../terminal/colours.js";
import { count } from "../terminal/format.js";
import { type Column, tableLines } from "../terminal/table.js";
import type { Terminal } from "../terminal/terminal.js";

interface BackendsFlags {
  readonly json?: boolean;
  readonly details?: boolean;
  readonly tuning?: boolean;
}

export function backendsCommand(terminal: Terminal): Command {
  return new Command("backends")
    .description("list backends and devices, and how to get the missing ones")
    .option("--details", "names, limits and features that each device reports when it is opened")
    .option("--json", "output as JSON, including --details")
    .option("--tuning", "results of kernel tuning on this machine")
    .action(async ({ json = false, details = false, tuning = false }: BackendsFlags) => {
      if (tuning) {
        const found = await listTuning();
        if (json) terminal.print(JSON.stringify(found, undefined, 2));
        else for (const line of tuningLines(found, terminal.columns)) terminal.print(line);
        return;
      }
      const listings = await listBackends({ details: json || details });
      if (json) terminal.print(JSON.stringify(listings.map(asJson), undefined, 2));
      else for (const line of backendLines(listings, terminal.paint)) terminal.print(line);
    });
}

/** The least width of the column of device ids. */
const ID_WIDTH = 8;

export function backendLines(
  listings: readonly BackendListing[],
  paint: Paint = (_role, text) => text,
): readonly string[] {
  const ids = listings.flatMap(({ devices }) => devices.map(({ id }) => id.length));
  const width = Math.max(ID_WIDTH, ...ids);
  return listings.flatMap(({ backend, description, devices, reason }) => [
    `${paint("strong", `${backend}:`)} ${description}`,
    ...(reason === undefined ? [] : [`  not usable: ${shownText(reason, 1000)}`]),
    ...devices.flatMap((device) => deviceLines(device, width, paint)),
  ]);
}

function deviceLines(
  { id, name, available, reason, details = [] }: Device,
  width: number,
  paint: Paint,
): readonly string[] {
  const notes = [...(reason === undefined ? [] : [reason]), ...detailLines(details)];
  return [
    `  ${available ? paint("good", "yes") : "no "}  ${id.padEnd(width)} ${shownText(name)}`,
    ...notes.map((line) => `       ${"".padEnd(width)} ${shownText(line, 1000)}`),
  ];
}

function asJson({ backend, devices, reason }: BackendListing): object {
  return { backend, devices, ...(reason === undefined ? {} : { reason }) };
}

/** One line per detail, with names in a column. */
function detailLines(details: readonly DeviceDetail[]): readonly string[] {
  const width = Math.max(0, ...details.map(({ name }) => name.length));
  return details.map((detail) => `${detail.name.padEnd(width)}  ${valueText(detail)}`);
}

function valueText({ value, unit }: DeviceDetail): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return unit === undefined ? count(value) : binarySize(value);
  return typeof value === "string" ? value : value.join(", ");
}

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** `128 MiB` for a whole number of them, as most limits are; else bytes. */
function binarySize(sizeBytes: number): string {
  let [scaled, power] = [sizeBytes, 0];
  while (scaled !== 0 && scaled % 1024 === 0 && power < UNITS.length - 1) {
    scaled /= 1024;
    power += 1;
  }
  return `${count(scaled)} ${at(UNITS, power)}`;
}

const COLUMNS: readonly Column<TunedLayer>[] = [
  { title: "layer", value: ({ layer }) => layer },
  { title: "chosen", value: ({ chosen }) => chosen },
  { title: "time (ms, forward and backward)", value: ({ times }) => timesText(times) },
];

/** The results of tuning, one table per device and precision. */
export function tuningLines(tunings: readonly BackendTuning[], width?: number): readonly string[] {
  if (tunings.length === 0) {
    return ["No kernels have been tuned yet: a backend that tunes its kernels does so when training starts."];
  }
  return tunings.flatMap(({ backend, layers }) =>
    [...byDevice(layers)].flatMap(([device, own]) => [
      `${backend}: ${shownText(device)}`,
      ...tableLines(COLUMNS, own, width),
      "",
    ]),
  );
}

function byDevice(layers: readonly TunedLayer[]): ReadonlyMap<string, readonly TunedLayer[]> {
  const groups = new Map<string, TunedLayer[]>();
  for (const layer of layers) {
    const key = `${layer.device}, ${layer.precision}`;
    groups.set(key, [...(groups.get(key) ?? []), layer]);
  }
  return groups;
}

function timesText(times: TunedLayer["times"]): string {
  const known = Object.entries(times);
  if (known.length === 0) return "not timed: the time budget for tuning ran out";
  return known.map(([name, ms]) => `${name} ${ms === null ? "wrong" : ms.toPrecision(3)}`).join(", ");
}
