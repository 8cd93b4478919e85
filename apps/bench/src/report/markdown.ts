import { counted, markdownCode, markdownText } from "@nin/page";
import { type BenchResult, type CaseResult, caseName, type Entry } from "../result/format.js";
import { referenceRatio } from "../result/ratios.js";
import { memory, rate, scaled, share, time } from "./figures.js";

/** A result as Markdown: a table for each case, the ceilings, layers, and what was not measured. */
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
    ...memoryLines(result),
    ...(result.notMeasured.length === 0 ? [] : ["## Not measured", ""]),
    ...result.notMeasured.map(({ what, why }) => `- ${markdownCode(what)}: ${markdownText(why)}`),
    "",
  ].join("\n");
}

/** The table of one case: the figures of each implementation, and its speed relative to one of them. */
export function caseTable(of: CaseResult): readonly string[] {
  const [ratio] = of.ratios;
  const titles = [
    "implementation",
    "images/s",
    "95% interval",
    `times ${ratio === undefined ? "the first" : markdownText(ratio.to)}`,
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
  const { implementation, measured, coldStart, status, reason = "", flags } = entry;
  const name = `${markdownCode(implementation)}${flags.length > 0 ? ` (${markdownText(flags.join("; "))})` : ""}`;
  if (measured === undefined) return [name, `**${status}**`, markdownText(reason), "", "", "", "", "", ""];
  const { median, low, high } = measured.imagesPerSecond;
  const ratio = referenceRatio(of, implementation)?.speed;
  return [
    name,
    rate(median),
    `${rate(low)} – ${rate(high)}`,
    ratio === undefined ? "1" : `${rate(ratio.median)} (${rate(ratio.low)} – ${rate(ratio.high)})`,
    scaled(measured.flopsPerSecond),
    share(measured.shareOfCeiling),
    memory(measured.peakRssBytes),
    coldStart === undefined ? "–" : time(coldStart.startMs),
    coldStart === undefined ? "–" : time(coldStart.firstStepMs),
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
  const titles = ["hardware", "matrix product", "memory", "measured by"];
  return ["## Ceilings", "", ...markdownTable(titles, rows), ""];
}

function layerLines({ layers }: BenchResult): readonly string[] {
  return layers.flatMap(({ model, batch, implementation, rows }) => [
    `## Layers of ${markdownText(model)}, batch ${batch}, ${markdownText(implementation)}`,
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
    ({ implementation, model, recipe, data, target, reached, trainMs, images, accuracies }) => [
      markdownCode(implementation),
      markdownText(`${model}, ${recipe}, ${data}`),
      // Without a single evaluation there is no accuracy to report.
      reached ? `${100 * target}%` : `not reached: ${share(accuracies.at(-1)?.accuracy ?? null)}`,
      time(trainMs),
      `${images}`,
    ],
  );
  const titles = ["implementation", "training", "test accuracy", "time", "images"];
  return ["## Time to accuracy", "", ...markdownTable(titles, rows), ""];
}

function memoryLines({ memory: measured = [] }: BenchResult): readonly string[] {
  if (measured.length === 0) return [];
  const rows = measured.map(({ implementation, model, batch, precision, peakRssBytes, deviceBytes }) => [
    markdownCode(implementation),
    markdownText([model, `batch ${batch}`, ...(precision === "f32" ? [] : [precision])].join(", ")),
    memory(peakRssBytes),
    deviceBytes === null ? "–" : memory(deviceBytes),
  ]);
  const titles = ["implementation", "training", "peak memory", "on the device"];
  return ["## Peak memory", "", ...markdownTable(titles, rows), ""];
}

/** A table of cells that are Markdown. The first column is aligned left, the others right. */
function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(titles), line(titles.map((_, column) => (column === 0 ? "---" : "---:"))), ...rows.map(line)];
}
