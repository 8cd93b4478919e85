/** A direction of sorting. */
export type SortDirection = "ascending" | "descending";

/** What a cell is sorted by; null where a row has nothing there. */
export type SortValue = number | string | null;

/** Numbers within words count as numbers: `nin-2` before `nin-10`. */
const words = new Intl.Collator("en", { numeric: true });

/**
 * Compares two values of a column, for `sort`. What is missing comes last in both directions. It runs in Node and in
 * the page.
 */
export function compareValues(one: SortValue, other: SortValue, direction: SortDirection): number {
  if (one === null || other === null) return one === other ? 0 : one === null ? 1 : -1;
  const order =
    typeof one === "number" && typeof other === "number"
      ? one - other
      : words.compare(String(one), String(other));
  return direction === "ascending" ? order : -order;
}

/** The value that a cell's `data-value` holds; null where it has none. */
export function sortValueOf(text: string | null, kind: "number" | "text"): SortValue {
  if (text === null) return null;
  return kind === "number" ? Number(text) : text;
}
