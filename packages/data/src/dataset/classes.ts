import { shownText } from "@nin/spec";
import { DataError } from "./errors.js";

/** The most classes that labels of 16 bits can have; 65,535 itself is left free. */
export const MAX_CLASSES = 65_535;

/** Compares by code points: JavaScript's own order is by UTF-16 units, in which some rare letters come before common ones. */
export function byCodePoints(one: string, other: string): number {
  const others = other[Symbol.iterator]();
  for (const letter of one) {
    const compared = others.next();
    if (compared.done === true) return 1;
    const difference = Number(letter.codePointAt(0)) - Number(compared.value.codePointAt(0));
    if (difference !== 0) return difference;
  }
  return others.next().done === true ? 0 : -1;
}

/**
 * The names of classes in code-point order.
 *
 * @param where - the folder or file that has them, for messages
 * @throws DataError for fewer than 2 or more than `MAX_CLASSES`, and for names that differ only by case, by spaces at
 *   their ends, or by how accents are encoded: on other file systems they would be one
 */
export function orderedClasses(names: Iterable<string>, where: string): readonly string[] {
  const ordered = [...new Set(names)].sort(byCodePoints);
  requireClassCount(ordered.length, where);
  const seen = new Map<string, string>();
  for (const name of ordered) {
    const folded = name.normalize("NFC").trim().toLowerCase();
    const twin = seen.get(folded);
    if (twin !== undefined) {
      const found = `${quoted(twin)} and ${quoted(name)}`;
      throw new DataError(where, "classes whose names differ by more than case, spaces or encoding", found);
    }
    seen.set(folded, name);
  }
  return ordered;
}

/** @throws DataError unless there are 2 to `MAX_CLASSES` classes */
export function requireClassCount(count: number, where: string): void {
  if (count >= 2 && count <= MAX_CLASSES) return;
  throw new DataError(where, `2 to ${MAX_CLASSES} classes`, `${count}`);
}

/** A name from outside for a message. */
export function quoted(name: string): string {
  return `"${shownText(name)}"`;
}
