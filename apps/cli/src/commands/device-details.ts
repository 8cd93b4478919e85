import type { DeviceDetail } from "@nin/backend";
import { count } from "../terminal/format.js";

/** A line a detail, names in a column. */
export function detailLines(details: readonly DeviceDetail[]): readonly string[] {
  const width = Math.max(0, ...details.map(({ name }) => name.length));
  return details.map((detail) => `${detail.name.padEnd(width)}  ${valueText(detail)}`);
}

function valueText({ value, unit }: DeviceDetail): string {
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "number") return unit === undefined ? count(value) : binarySize(value);
  return typeof value === "string" ? value : value.join(", ");
}

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"];

/** `128 MiB`, where that is the number, as limits are powers of two; else its bytes. */
function binarySize(sizeBytes: number): string {
  let [scaled, power] = [sizeBytes, 0];
  while (scaled !== 0 && scaled % 1024 === 0 && power < UNITS.length - 1) {
    scaled /= 1024;
    power += 1;
  }
  return `${count(scaled)} ${UNITS[power]}`;
}
