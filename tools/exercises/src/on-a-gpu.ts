import { formatCount, formatDuration, markdownTable } from "@nin/page";
import { type Architecture, builtinArchitecture, summarize } from "@nin/spec";
import type { StudyPlan } from "@nin/study/node";

/** What `nin` at 224x224 was measured to train on one NVIDIA H200, in f32, with our WebGPU backend. Units: images a second. */
const NIN_ON_H200 = 10_386;
const IMAGES = 60_000;
const TEST_IMAGES = 10_000;

/**
 * The networks of a study at 224x224, and the time that its runs need on one NVIDIA H200: that of `nin`, in the ratio of
 * the multiply-accumulates.
 */
export function gpuTable({ runs }: StudyPlan, texts: Readonly<Record<string, string>>): string {
  const rows = new Map<string, { readonly architecture: Architecture; count: number; ms: number }>();
  for (const { settings, architecture, epochs, recipe } of runs) {
    const model = String(settings.model);
    const row = rows.get(model) ?? { architecture, count: 0, ms: 0 };
    row.count += 1;
    row.ms += (epochs ?? recipe.epochs) * epochMs(architecture);
    rows.set(model, row);
  }
  const lines = [...rows].map(([model, { architecture, count, ms }]) => {
    const { parameters, macs } = summarize(architecture);
    return [
      texts[model] ?? model,
      formatCount(parameters),
      billions(macs),
      String(count),
      formatDuration(ms),
    ];
  });
  const all = [...rows.values()];
  const sum = (of: (row: (typeof all)[number]) => number) => all.reduce((total, row) => total + of(row), 0);
  const total = ["all", "", "", String(sum(({ count }) => count)), formatDuration(sum(({ ms }) => ms))];
  const numbers = ["Parameters", "MACs an image", "Runs", "Time on one H200"];
  const head = [{ title: "Network" }, ...numbers.map((title) => ({ title, align: "right" }) as const)];
  return markdownTable(head, [...lines, total]);
}

/** In billions, as networks are compared. */
export function billions(count: number): string {
  return `${(count / 1e9).toPrecision(3)} G`;
}

/** An epoch with its evaluation. */
function epochMs(architecture: Architecture): number {
  const nin = summarize(builtinArchitecture("nin"));
  const { macs, trainingMacs } = summarize(architecture);
  const macsPerMs = (NIN_ON_H200 * nin.trainingMacs) / 1000;
  return (IMAGES * trainingMacs + TEST_IMAGES * macs) / macsPerMs;
}
