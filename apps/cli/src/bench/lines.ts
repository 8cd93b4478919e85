import { type BenchResult, rate } from "@nin/bench";
import { shownText } from "@nin/spec";
import { bytes, percent } from "../terminal/format.js";
import { type Column, tableLines } from "../terminal/table.js";

type Case = BenchResult["cases"][number];
type Entry = Case["entries"][number];

/** A case's table for a terminal: who was not measured says why, below. */
export function caseLines(of: Case, width?: number): readonly string[] {
  const measured = of.entries.filter((entry) => entry.measured !== undefined);
  const others = of.entries.filter((entry) => entry.measured === undefined);
  return [
    ...(measured.length === 0 ? [] : tableLines(columnsOf(of), measured, width)),
    ...others.map(({ contestant, status, reason = "" }) =>
      shownText(`${contestant}: ${status}: ${reason.replace(/\s+/g, " ")}`, 1000),
    ),
    ...measured.flatMap(({ contestant, flags }) =>
      flags.map((flag) => shownText(`${contestant}: ${flag}`, 1000)),
    ),
  ];
}

function columnsOf({ ratios }: Case): readonly Column<Entry>[] {
  return [
    { title: "contestant", value: ({ contestant }) => contestant },
    {
      title: "images/s",
      value: ({ measured }) => rate(measured?.imagesPerSecond.median ?? Number.NaN),
      align: "right",
    },
    {
      title: "95% interval",
      value: ({ measured }) => {
        const { low = Number.NaN, high = Number.NaN } = measured?.imagesPerSecond ?? {};
        return `${rate(low)} to ${rate(high)}`;
      },
      align: "right",
    },
    {
      title: `times ${ratios[0]?.to ?? "the first"}`,
      value: ({ contestant }) => {
        const speed = ratios.find(({ of }) => of === contestant)?.speed;
        return speed === undefined ? "1" : rate(speed.median);
      },
      align: "right",
    },
    {
      title: "of ceiling",
      value: ({ measured }) => {
        const share = measured?.shareOfCeiling ?? null;
        return share === null ? "" : percent(share);
      },
      align: "right",
    },
    { title: "peak memory", value: ({ measured }) => bytes(measured?.peakRssBytes ?? 0), align: "right" },
  ];
}
