import { type BackendListing, listBackends } from "@nin/registry";
import { Command } from "commander";
import type { Terminal } from "../terminal.js";

export function backendsCommand(terminal: Terminal): Command {
  return new Command("backends")
    .description("what is installed and usable here, and how to get the rest")
    .option("--json", "print JSON")
    .action(async ({ json }: { readonly json?: boolean }) => {
      const listings = await listBackends();
      if (json === true) terminal.print(JSON.stringify(listings.map(asJson), undefined, 2));
      else for (const line of backendLines(listings)) terminal.print(line);
    });
}

export function backendLines(listings: readonly BackendListing[]): readonly string[] {
  return listings.flatMap(({ backend, description, devices, reason }) => [
    `${backend}: ${description}`,
    ...(reason === undefined ? [] : [`  not usable: ${reason}`]),
    ...devices.flatMap(({ id, name, available, reason: why }) => [
      `  ${available ? "yes" : "no "}  ${id.padEnd(8)} ${name}`,
      ...(why === undefined ? [] : [`       ${"".padEnd(8)} ${why}`]),
    ]),
  ]);
}

function asJson({ backend, devices, reason }: BackendListing): object {
  return { backend, devices, ...(reason === undefined ? {} : { reason }) };
}
