import { counted, formatDuration, type Html, html } from "@nin/page";
import { type BenchResult, caseName, type Entry, type MemoryResult } from "../../result/format.js";
import { memory, share, time } from "../figures.js";

/** How far each implementation's results are from the right ones; without this no time is shown. */
export function correctnessSection({ cases }: BenchResult): Html | undefined {
  const entries = cases.flatMap((of) => of.entries.map((entry) => ({ name: caseName(of), entry })));
  const judged = entries.filter(({ entry }) => entry.correctness !== undefined || entry.status === "wrong");
  if (judged.length === 0) return undefined;
  const wrong = judged.filter(({ entry }) => entry.status === "wrong").length;
  return html`<section aria-labelledby="correctness">
<h2 id="correctness">Correctness</h2>
<p class="note">Before it is timed, each implementation\u2019s scores (relative L2 distance), the losses of two training steps, and how far each parameter moved in them are compared with the float64 reference. ${wrong === 0 ? "All were right." : `${wrong} of ${judged.length} were wrong and have no time.`}</p>
<details ${wrong > 0 && "open"}><summary>${counted(judged.length, "check")}</summary>
<div class="scroll"><table class="figures">
<thead><tr><th>case</th><th class="words">implementation</th><th>scores</th><th>losses</th><th>updates</th><th class="words">verdict</th></tr></thead>
<tbody>${judged.map(({ name, entry }) => correctnessRow(name, entry))}</tbody>
</table></div></details>
</section>`;
}

function correctnessRow(name: string, { implementation, correctness, status, reason }: Entry): Html {
  const digits = (value: number | undefined): string => value?.toExponential(1) ?? "\u2013";
  const verdict =
    status === "wrong" ? html`<span class="verdict-wrong">wrong: ${reason}</span>` : html`right`;
  return html`<tr><th>${name}</th><td class="words">${implementation}</td><td>${digits(correctness?.scores)}</td><td>${digits(correctness?.losses)}</td><td>${digits(correctness?.updates)}</td><td class="words wide">${verdict}</td></tr>`;
}

/** The peak memory of processes that only train. */
export function memorySection({ memory: measured = [] }: BenchResult): Html | undefined {
  if (measured.length === 0) return undefined;
  return html`<section aria-labelledby="memory">
<h2 id="memory">Peak memory</h2>
<p class="note">The most memory that a process held which opened the network and trained a few steps, and did nothing else.</p>
<div class="scroll"><table class="figures">
<thead><tr><th>implementation</th><th class="words">training</th><th>peak memory</th><th>on the device</th></tr></thead>
<tbody>${measured.map(memoryRow)}</tbody>
</table></div>
</section>`;
}

function memoryRow(result: MemoryResult): Html {
  const { implementation, model, batch, precision, peakRssBytes, deviceBytes } = result;
  return html`<tr><th>${implementation}</th><td class="words">${model}, batch ${batch}${precision !== "f32" && `, ${precision}`}</td><td>${memory(peakRssBytes)}</td><td>${bytesOrNone(deviceBytes)}</td></tr>`;
}

/** What it takes until the first step is done, and what the steps take of the machine. */
export function coldStartSection({ cases }: BenchResult): Html | undefined {
  const started = cases.filter(({ entries }) => entries.some(({ coldStart }) => coldStart !== undefined));
  if (started.length === 0) return undefined;
  return html`<section aria-labelledby="cold-start">
<h2 id="cold-start">Cold start, processor and memory</h2>
<p class="note"><b>ready</b>: from the start of the process until the network is compiled, the tuning of kernels included; loading and compiling are parts of it.
<b>cores</b>: processor time over elapsed time. <b>main thread</b>: the fraction of the time in which the program around it cannot do anything else.
<b>host</b>: where the device is a GPU, the processor time of a step; on a software adapter the device is the processor itself, and the two cannot be separated.</p>
<details><summary>${counted(started.length, "table")}</summary>
${started.map(
  (of) => html`<h3>${caseName(of)}</h3>
<div class="scroll"><table class="figures">
<thead><tr><th>implementation</th><th>ready</th><th>loading</th><th>compiling</th><th>first step</th><th>cores</th><th>main thread</th><th>host</th><th>peak memory</th><th>on the device</th></tr></thead>
<tbody>${of.entries.map(coldStartRow)}</tbody>
</table></div>`,
)}
</details>
</section>`;
}

function coldStartRow({ implementation, coldStart, measured }: Entry): Html | undefined {
  if (coldStart === undefined) return undefined;
  const start = html`<th>${implementation}</th><td>${time(coldStart.startMs)}</td><td>${time(coldStart.loadMs)}</td><td>${time(coldStart.compileMs)}</td><td>${time(coldStart.firstStepMs)}</td>`;
  if (measured === undefined) return html`<tr>${start}<td></td><td></td><td></td><td></td><td></td></tr>`;
  const { coresUsed, mainThreadShare, hostMsPerStep, peakRssBytes, deviceBytes } = measured;
  const host = hostMsPerStep === null ? "\u2013" : time(hostMsPerStep);
  return html`<tr>${start}<td>${coresUsed.toFixed(2)}</td><td>${share(mainThreadShare)}</td><td>${host}</td><td>${memory(peakRssBytes)}</td><td>${bytesOrNone(deviceBytes)}</td></tr>`;
}

function bytesOrNone(bytes: number | null): string {
  return bytes === null ? "\u2013" : memory(bytes);
}

/** The machine, the settings and the versions. */
export function environmentSection(result: BenchResult): Html {
  const { environment, settings } = result;
  const { cpu, cpuFeatures, cores, memoryBytes, system, node, gpus, variables, loadBefore, browser } =
    environment;
  const { threads, recipe, data, budgetMs, rounds, checkout } = settings;
  const facts: readonly (readonly [string, string])[] = [
    ["Processor", `${cpu}, ${counted(cores, "core")}`],
    ["Vector units", cpuFeatures.join(" ") || "unknown"],
    ["Memory", memory(memoryBytes)],
    ["GPUs", gpus.join("; ") || "none that NVIDIA\u2019s tool lists"],
    ["System", system],
    ["Node", node],
    ...(browser === undefined ? [] : [["Browser", browserWords(browser)] as const]),
    ["Load before the run", loadBefore.toFixed(2)],
    ["Threads", `${threads} for each implementation`],
    ["Recipe", `${recipe}: its optimizer and initial weights`],
    ["Data set", data],
    ["Time limit", formatDuration(budgetMs)],
    ...(rounds === undefined ? [] : [["Rounds", `${rounds}`] as const]),
    ...(checkout === undefined ? [] : [["Other checkout", checkout] as const]),
    [
      "Environment variables",
      Object.entries(variables)
        .map(([name, value]) => `${name}=${value}`)
        .join(" ") || "none that affect a runtime",
    ],
    ...versionFacts(result),
  ];
  return html`<section aria-labelledby="environment">
<h2 id="environment">Environment</h2>
<dl class="facts">${facts.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</section>`;
}

/** `Chromium 153; WebGPU on google, swiftshader; …`. */
export function browserWords(browser: NonNullable<BenchResult["environment"]["browser"]>): string {
  const { name, adapter, renderer, crossOriginIsolated, threads } = browser;
  const isolation = crossOriginIsolated ? "isolated from other origins" : "not isolated from other origins";
  return `${name}; WebGPU: ${adapter}; WebGL: ${renderer}; ${counted(threads, "thread")}, ${isolation}`;
}

function versionFacts({ implementations, cases }: BenchResult): readonly (readonly [string, string])[] {
  const entries = cases.flatMap((of) => of.entries);
  return implementations.map(({ id, name }) => {
    const reported = entries
      .filter(({ implementation }) => implementation === id)
      .map(({ versions }) => Object.entries(versions))
      .find((versions) => versions.length > 0);
    // One that was never opened has reported none.
    const versions = (reported ?? []).map(([of, version]) => `${of} ${version}`);
    return [id, [name, ...versions].join(", ")];
  });
}

/** What was not measured, and why. */
export function notMeasuredSection({ notMeasured, cases }: BenchResult): Html {
  const inCases = cases.flatMap((of) =>
    of.entries
      .filter(({ measured }) => measured === undefined)
      .map(({ implementation, status, reason }) => ({
        what: `${implementation}, ${caseName(of)}`,
        why: reason === undefined ? status : `${status}: ${reason}`,
      })),
  );
  const all = [...notMeasured, ...inCases];
  return html`<section aria-labelledby="not-measured">
<h2 id="not-measured">Not measured</h2>
${all.length === 0 ? html`<p class="note">Everything that was asked for was measured.</p>` : html`<ul class="absent">${all.map(({ what, why }) => html`<li><b>${what}</b>: ${why}</li>`)}</ul>`}
</section>`;
}
