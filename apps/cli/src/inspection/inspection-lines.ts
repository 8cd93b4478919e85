import type { DatasetInspection } from "@nin/data/node";
import { at, shownText } from "@nin/spec";
import { count, plural } from "../terminal/format.js";
import { tableLines } from "../terminal/table.js";

const MOST_CLASSES = 50;
const MOST_BROKEN = 10;

/** What was found in a data set, for people. */
export function inspectionLines(inspection: DatasetInspection, width = 80): readonly string[] {
  const { name, format, classNames, train, test, channels, mean, std, notes } = inspection;
  const rows = classNames.slice(0, MOST_CLASSES).map((className, label) => ({
    name: className,
    train: count(at(train.perClass, label)),
    test: test === undefined ? "" : count(at(test.perClass, label)),
  }));
  const all = { name: "all", train: count(train.count), test: test === undefined ? "" : count(test.count) };
  const columns = [
    { title: "class", value: (row: typeof all) => row.name },
    {
      title: test === undefined ? "images" : "training",
      value: (row: typeof all) => row.train,
      align: "right",
    },
    ...(test === undefined
      ? []
      : [{ title: "test", value: (row: typeof all) => row.test, align: "right" } as const]),
  ] as const;
  const left = classNames.length - rows.length;
  return [
    `${shownText(name)} (${FORMAT_NAMES[format]}): ${count(classNames.length)} classes`,
    "",
    ...tableLines(columns, [...rows, all], width),
    ...(left === 0 ? [] : [`(${count(left)} classes more: --json lists them)`]),
    "",
    `size        ${sizesText(inspection)} (width x height)`,
    `channels    ${channels === 1 ? "1 (grey)" : channels}`,
    `mean        ${numbersText(mean)}`,
    `std         ${numbersText(std)}`,
    `duplicates  ${duplicatesText(inspection)}`,
    `broken      ${inspection.broken.length === 0 ? "none" : plural(inspection.broken.length, "file")}`,
    ...brokenLines(inspection),
    ...notes.map((note) => `note        ${note}`),
  ];
}

const FORMAT_NAMES = {
  "fashion-mnist": "IDX",
  synthetic: "drawn by nin",
  "image-folder": "image folder",
  csv: "CSV list",
  idx: "IDX",
  "cifar-10": "CIFAR-10, binary version",
  "cifar-100": "CIFAR-100, binary version",
} as const;

/** `28 x 28`, or `24 x 30 to 640 x 480`. */
export function sizesText({ size, extremes }: DatasetInspection): string {
  if (size !== undefined) return `${size.width} x ${size.height}`;
  if (extremes === undefined) return "none";
  const { smallest, largest } = extremes;
  return `${smallest.width} x ${smallest.height} to ${largest.width} x ${largest.height}`;
}

/** `0.4914, 0.4822, 0.4465`. */
export function numbersText(numbers: readonly number[]): string {
  return numbers.length === 0 ? "none" : numbers.map((each) => each.toFixed(4)).join(", ");
}

function duplicatesText({ duplicates, leaked }: DatasetInspection): string {
  if (duplicates === 0) return "none";
  return leaked === 0 ? count(duplicates) : `${count(duplicates)}, of them ${count(leaked)} in both splits`;
}

function brokenLines({ broken }: DatasetInspection): readonly string[] {
  const left = broken.length - MOST_BROKEN;
  return [
    ...broken.slice(0, MOST_BROKEN).map(({ problem }) => `  ${problem}`),
    ...(left <= 0 ? [] : [`  (${count(left)} more: --json lists them)`]),
  ];
}

/** The keys of `--json`, which do not change. */
export function inspectionJson(inspection: DatasetInspection): unknown {
  const { name, classNames, train, test, channels, size, mean, std, duplicates, broken } = inspection;
  return {
    name,
    classes: classNames,
    train,
    test: test ?? null,
    channels,
    height: size?.height ?? null,
    width: size?.width ?? null,
    mean,
    std,
    duplicates,
    broken: broken.map(({ path }) => path),
  };
}
