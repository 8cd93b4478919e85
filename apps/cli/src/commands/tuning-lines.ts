import type { TunedLayer } from "@nin/backend";
import type { BackendTuning } from "@nin/registry";
import { shownText } from "@nin/spec";
import { type Column, tableLines } from "../terminal/table.js";

const COLUMNS: readonly Column<TunedLayer>[] = [
  { title: "layer", value: ({ layer }) => layer },
  { title: "chosen", value: ({ chosen }) => chosen },
  { title: "ms, forward and backward", value: ({ times }) => timesText(times) },
];

/** What searches found out, a table a device and precision. */
export function tuningLines(tunings: readonly BackendTuning[], width?: number): readonly string[] {
  if (tunings.length === 0) {
    return [
      "Nothing was searched for yet: a backend that chooses among kernels does so when training begins.",
    ];
  }
  return tunings.flatMap(({ backend, layers }) =>
    [...byDevice(layers)].flatMap(([device, own]) => [
      `${backend}: ${shownText(device)}`,
      ...tableLines(COLUMNS, own, width),
      "",
    ]),
  );
}

function byDevice(layers: readonly TunedLayer[]): ReadonlyMap<string, readonly TunedLayer[]> {
  const groups = new Map<string, TunedLayer[]>();
  for (const layer of layers) {
    const key = `${layer.device}, ${layer.precision}`;
    groups.set(key, [...(groups.get(key) ?? []), layer]);
  }
  return groups;
}

function timesText(times: TunedLayer["times"]): string {
  const known = Object.entries(times);
  if (known.length === 0) return "not timed: the search had no time left";
  return known.map(([name, ms]) => `${name} ${ms === null ? "wrong" : ms.toPrecision(3)}`).join(", ");
}
