import { type BackendListing, listBackends, listTuning } from "@nin/registry";
import { Command } from "commander";
import type { Terminal } from "../terminal.js";
import { tuningLines } from "../tuning-lines.js";

export function backendsCommand(terminal: Terminal): Command {
  return new Command("backends")
    .description("what is installed and usable here, and how to get the rest")
    .option("--json", "print JSON")
    .option("--tuning", "what the searches for the fastest kernels have found out here")
    .action(async ({ json, tuning }: { readonly json?: boolean; readonly tuning?: boolean }) => {
      if (tuning === true) {
        const found = await listTuning();
        if (json === true) terminal.print(JSON.stringify(found, undefined, 2));
        else for (const line of tuningLines(found)) terminal.print(line);
        return;
      }
      const listings = await listBackends();
      if (json === true) terminal.print(JSON.stringify(listings.map(asJson), undefined, 2));
      else for (const line of backendLines(listings)) terminal.print(line);
    });
}

/** Of the column of device ids, at least. */
const ID_WIDTH = 8;

export function backendLines(listings: readonly BackendListing[]): readonly string[] {
  const ids = listings.flatMap(({ devices }) => devices.map(({ id }) => id.length));
  const width = Math.max(ID_WIDTH, ...ids);
  return listings.flatMap(({ backend, description, devices, reason }) => [
    `${backend}: ${description}`,
    ...(reason === undefined ? [] : [`  not usable: ${reason}`]),
    ...devices.flatMap(({ id, name, available, reason: why }) => [
      `  ${available ? "yes" : "no "}  ${id.padEnd(width)} ${name}`,
      ...(why === undefined ? [] : [`       ${"".padEnd(width)} ${why}`]),
    ]),
  ]);
}

function asJson({ backend, devices, reason }: BackendListing): object {
  return { backend, devices, ...(reason === undefined ? {} : { reason }) };
}
