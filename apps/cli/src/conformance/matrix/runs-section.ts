import { type Html, html } from "@nin/page";
import { duration, plural } from "../../terminal/format.js";
import { deviceTitle } from "../run-name.js";
import type { RunRow } from "./matrix.js";

/** When, where and with what each device was run. */
export function runsSection(runs: readonly RunRow[]): Html {
  return html`<section>
<h2>The runs</h2>
<div class="scroll" role="region" aria-label="Runs" tabindex="0">
<table class="figures runs">
<thead><tr><th scope="col">backend, device</th><th scope="col" class="words">cases</th><th scope="col">time</th><th scope="col" class="words">begun</th><th scope="col" class="words">machine</th><th scope="col" class="words">versions</th></tr></thead>
<tbody>
${runs.map(runLine)}</tbody>
</table>
</div>
</section>`;
}

function runLine(row: RunRow): Html {
  const { backend, run } = row;
  const { cpu, cores, versions } = run.environment;
  const software = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
  return html`<tr><th scope="row">${backend} ${deviceTitle(row)}</th><td class="words">${run.report.cases.length} ${run.quick ? "quick" : "all"}</td><td>${duration(
    run.durationMs,
  )}</td><td class="words">${run.date.slice(0, 16).replace("T", " ")} UTC</td><td class="words">${cpu}, ${plural(cores, "core")}</td><td class="words">${software.join(
    ", ",
  )}</td></tr>\n`;
}
