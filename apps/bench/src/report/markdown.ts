import { counted, markdownCode, markdownText } from "@nin/page";
import { caseName } from "../result/case-name.js";
import type { BenchResult, CaseResult, Entry } from "../result/format.js";
import { memory, rate, scaled, share, time } from "./figures.js";

/** A run as Markdown: a table a case, the ceilings, layers, and what was not measured. */
export function markdownOf(result: BenchResult): string {
  const { cpu, cores, system, node, loadBefore } = result.environment;
  return [
    "# Benchmark",
    "",
    `${result.startedAt.slice(0, 10)}, ${markdownText(cpu)}, ${counted(cores, "core")}, ${counted(result.settings.threads, "thread")}; ${markdownText(system)}, Node ${markdownText(node)}; load before ${loadBefore.toFixed(2)}${result.interrupted ? "; interrupted" : ""}.`,
    "",
    ...result.cases.flatMap((of) => [`## ${markdownText(caseName(of))}`, "", ...caseTable(of), ""]),
    ...ceilingLines(result),
    ...layerLines(result),
    ...accuracyLines(result),
    ...(result.notMeasured.length === 0 ? [] : ["## Not measured", ""]),
    ...result.notMeasured.map(({ what, why }) => `- ${markdownCode(what)}: ${markdownText(why)}`),
    "",
  ].join("\n");
}

/** One case's table: each one's figures, and how many times as fast as one of them the others are. */
export function caseTable(of: CaseResult): readonly string[] {
  const [{ to } = { to: "the first" }] = of.ratios;
  const titles = [
    "contestant",
    "images/s",
    "95% interval",
    `times ${markdownText(to)}`,
    "FLOP/s",
    "of ceiling",
    "peak memory",
    "start",
    "first step",
  ];
  const rows = of.entries.map((entry) => entryCells(entry, of));
  return markdownTable(titles, rows);
}

function entryCells(entry: Entry, of: CaseResult): readonly string[] {
  const { contestant, measured, coldStart, status, reason = "", flags } = entry;
  const name = `${markdownCode(contestant)}${flags.length > 0 ? ` (${markdownText(flags.join("; "))})` : ""}`;
  if (measured === undefined) return [name, `**${status}**`, markdownText(reason), "", "", "", "", "", ""];
  const { median, low, high } = measured.imagesPerSecond;
  const ratio = of.ratios.find((candidate) => candidate.of === contestant)?.speed;
  return [
    name,
    rate(median),
    `${rate(low)} – ${rate(high)}`,
    ratio === undefined ? "1" : `${rate(ratio.median)} (${rate(ratio.low)} – ${rate(ratio.high)})`,
    scaled(measured.flopsPerSecond),
    share(measured.shareOfCeiling),
    memory(measured.peakRssBytes),
    time(coldStart?.startMs ?? Number.NaN),
    time(coldStart?.firstStepMs ?? Number.NaN),
  ];
}

function ceilingLines({ ceilings }: BenchResult): readonly string[] {
  if (ceilings.length === 0) return [];
  const rows = ceilings.map(({ hardware, method, flopsPerSecond, bytesPerSecond }) => [
    markdownCode(hardware),
    `${scaled(flopsPerSecond.p95)}FLOP/s`,
    `${scaled(bytesPerSecond.p95)}B/s`,
    markdownText(method),
  ]);
  return [
    "## Ceilings",
    "",
    ...markdownTable(["hardware", "matrix product", "memory", "measured by"], rows),
    "",
  ];
}

function layerLines({ layers }: BenchResult): readonly string[] {
  return layers.flatMap(({ model, batch, contestant, rows }) => [
    `## Layers of ${markdownText(model)}, batch ${batch}, ${markdownText(contestant)}`,
    "",
    ...markdownTable(
      ["layer", "kind", "time", "95% interval", "FLOP/s"],
      rows.map(({ name, kind, elapsedMs, flops }) => [
        markdownCode(name),
        markdownText(kind),
        time(elapsedMs.median),
        `${time(elapsedMs.low)} – ${time(elapsedMs.high)}`,
        elapsedMs.median > 0 && flops > 0 ? scaled((1000 * flops) / elapsedMs.median) : "–",
      ]),
    ),
    "",
  ]);
}

function accuracyLines({ accuracy }: BenchResult): readonly string[] {
  if (accuracy.length === 0) return [];
  const rows = accuracy.map(
    ({ contestant, model, recipe, data, target, reached, trainMs, images, accuracies }) => [
      markdownCode(contestant),
      markdownText(`${model}, ${recipe}, ${data}`),
      reached ? `${100 * target}%` : `not reached: ${share(accuracies.at(-1)?.accuracy ?? null)}`,
      time(trainMs),
      `${images}`,
    ],
  );
  return [
    "## Time to an accuracy",
    "",
    ...markdownTable(["contestant", "what", "test accuracy", "training", "images"], rows),
    "",
  ];
}

/** Of cells that are Markdown. The first column is aligned left, the others right. */
function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(titles), line(titles.map((_, column) => (column === 0 ? "---" : "---:"))), ...rows.map(line)];
}
