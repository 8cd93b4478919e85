import type { Device } from "@nin/backend";
import { type BackendListing, listBackends, listTuning } from "@nin/registry";
import { shownText } from "@nin/spec";
import { Command } from "commander";
import type { Paint } from "../terminal/colours.js";
import type { Terminal } from "../terminal/terminal.js";
import { detailLines } from "./device-details.js";
import { tuningLines } from "./tuning-lines.js";

interface BackendsFlags {
  readonly json?: boolean;
  readonly details?: boolean;
  readonly tuning?: boolean;
}

export function backendsCommand(terminal: Terminal): Command {
  return new Command("backends")
    .description("what is installed and usable here, and how to get the rest")
    .option("--details", "what each device reports when it is opened: names, limits, features")
    .option("--json", "output as JSON, details included")
    .option("--tuning", "results of the searches for the fastest kernels on this machine")
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

/** Of the column of device ids, at least. */
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
  const beside = [...(reason === undefined ? [] : [reason]), ...detailLines(details)];
  return [
    `  ${available ? paint("good", "yes") : "no "}  ${id.padEnd(width)} ${shownText(name)}`,
    ...beside.map((line) => `       ${"".padEnd(width)} ${shownText(line, 1000)}`),
  ];
}

function asJson({ backend, devices, reason }: BackendListing): object {
  return { backend, devices, ...(reason === undefined ? {} : { reason }) };
}
