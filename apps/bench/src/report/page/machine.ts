import { counted, formatDuration, type Html, html } from "@nin/page";
import type { BenchResult } from "../../result/format.js";
import { memory } from "../figures.js";

/** The environment. */
export function machineSection(result: BenchResult): Html {
  const { environment, settings } = result;
  const { cpu, cpuFeatures, cores, memoryBytes, system, node, cards, variables, loadBefore } = environment;
  const facts: readonly (readonly [string, string])[] = [
    ["Processor", `${cpu}, ${counted(cores, "core")}`],
    ["Vector units", cpuFeatures.join(" ") || "unknown"],
    ["Memory", memory(memoryBytes)],
    ["Graphics cards", cards.join("; ") || "none that NVIDIA\u2019s tool tells of"],
    ["System", system],
    ["Node", node],
    ["Load before", loadBefore.toFixed(2)],
    ["Threads", `${settings.threads} each`],
    ["Recipe", `${settings.recipe}: its optimizer and initial weights`],
    ["Data of epochs", settings.data],
    ["Time given", formatDuration(settings.budgetMs)],
    [
      "Variables",
      Object.entries(variables)
        .map(([name, value]) => `${name}=${value}`)
        .join(" ") || "none that change a runtime",
    ],
    ...versionFacts(result),
  ];
  return html`<section aria-labelledby="machine">
<h2 id="machine">Environment</h2>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</section>`;
}

function versionFacts({ contestants, cases }: BenchResult): readonly (readonly [string, string])[] {
  return contestants.map(({ id, name }) => {
    const found = cases
      .flatMap(({ entries }) => entries)
      .find(({ contestant, versions }) => contestant === id && Object.keys(versions).length > 0);
    const versions = Object.entries(found?.versions ?? {}).map(([of, version]) => `${of} ${version}`);
    return [id, [name, ...versions].join(", ")];
  });
}
