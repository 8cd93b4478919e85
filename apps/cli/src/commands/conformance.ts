import { type ConformanceReport, conformanceCases, junitXml, runConformance } from "@nin/conformance";
import { createNodeHost } from "@nin/conformance/node";
import { loadBackend } from "@nin/registry";
import { Command } from "commander";
import { addBackendOptions, type BackendFlags, chooseBackend, threadsOf } from "../backend-options.js";
import { conformanceLines } from "../conformance-lines.js";
import { CaseProgress } from "../display/case-progress.js";
import { EXIT } from "../exit-status.js";
import type { Action } from "../program.js";
import type { Terminal } from "../terminal.js";
import { writeWhole } from "../write-whole.js";

interface ConformanceFlags extends BackendFlags {
  readonly filter?: string;
  readonly quick?: boolean;
  readonly json?: boolean;
  readonly junit?: string;
}

export function conformanceCommand(terminal: Terminal, exit: Action): Command {
  const command = new Command("conformance")
    .description("decides whether a backend realizes and trains the same network as all others")
    .option("--filter <text>", "only cases whose id contains it: a level, a group, a case")
    .option("--quick", "the quick cases of every level: a minute")
    .option("--json", "print JSON")
    .option("--junit <file>", "also write the results as JUnit XML");
  return addBackendOptions(command).action(async (flags: ConformanceFlags) => {
    const { backend: id, device } = chooseBackend(flags);
    const backend = await loadBackend(id);
    const progress = new CaseProgress(terminal);
    const report = await terminal
      .stoppable(() =>
        runConformance(backend, {
          cases: conformanceCases(),
          ...(device === undefined ? {} : { device }),
          ...threadsOf(flags),
          ...(flags.filter === undefined ? {} : { filter: flags.filter }),
          quick: flags.quick === true,
          host: createNodeHost(),
          signal: terminal.signal,
          onResult: (result, { done, total }) => progress.on(result, done, total),
        }),
      )
      .finally(() => progress.close());
    const name = device === undefined ? id : `${id} on ${device}`;
    if (flags.junit !== undefined) await writeWhole(flags.junit, junitXml(report, name));
    print(terminal, report, name, flags.json === true);
    if (report.failed > 0) exit(EXIT.failed);
  });
}

function print(terminal: Terminal, report: ConformanceReport, name: string, json: boolean): void {
  if (json) terminal.print(JSON.stringify(asJson(report), undefined, 2));
  else for (const line of conformanceLines(report, name)) terminal.print(line);
}

function asJson({ passed, failed, skipped, expectedFailures, cases }: ConformanceReport): object {
  const withoutTimes = cases.map(({ id, status, detail }) => ({
    id,
    status,
    ...(detail === undefined ? {} : { detail }),
  }));
  return { passed, failed, skipped, expectedFailures, cases: withoutTimes };
}
