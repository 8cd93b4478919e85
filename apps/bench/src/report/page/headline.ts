import { counted, formatDuration, type Html, html } from "@nin/page";
import { caseName } from "../../result/case-name.js";
import type { BenchResult } from "../../result/format.js";
import { rate } from "../figures.js";

/** What was measured where, and the first case's answer. */
export function headline(result: BenchResult): Html {
  const { environment, settings, durationMs, startedAt, interrupted } = result;
  const { cpu, cores, cards, loadBefore } = environment;
  return html`<header>
<h1>Benchmark <span class="on">on ${[cpu, ...cards].join(", ")}</span></h1>
<p class="note">${startedAt.slice(0, 16).replace("T", " ")} UTC, ${formatDuration(durationMs)}, ${counted(cores, "core")}, ${counted(settings.threads, "thread")} each${settings.quick && ", a quick run"}</p>
${interrupted && html`<p class="notice">The run was interrupted: what had been measured by then is here.</p>`}
${loadBefore > 0.3 && html`<p class="notice">Others were computing on this machine (load ${loadBefore.toFixed(2)}): figures are worth less than they could be.</p>`}
${answer(result)}
</header>`;
}

function answer({ cases }: BenchResult): Html | undefined {
  const [first] = cases;
  const ranked = (first?.entries ?? [])
    .flatMap(({ contestant, measured }) =>
      measured === undefined ? [] : [{ contestant, speed: measured.imagesPerSecond.median }],
    )
    .toSorted((a, b) => b.speed - a.speed);
  const [fastest, second] = ranked;
  if (first === undefined || fastest === undefined) return undefined;
  const lead =
    second === undefined
      ? undefined
      : html`, ${rate(fastest.speed / second.speed)} times as fast as ${second.contestant}`;
  return html`<p class="lead">Fastest at ${caseName(first)}: <strong>${fastest.contestant}</strong>, ${rate(fastest.speed)} images/s${lead}.</p>`;
}
