/** Longer names are not compared: the work grows with the product of the lengths. Units: characters. */
const MAX_COMPARED_CHARACTERS = 64;

/**
 * The known name that a misspelt one is closest to, upper and lower case being alike.
 *
 * @returns `undefined` when none differs by at most a third of its characters
 */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let nearest: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of known) {
    const length = Math.max(name.length, candidate.length);
    if (length > MAX_COMPARED_CHARACTERS) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (3 * distance > length || (nearest !== undefined && nearest.distance <= distance)) continue;
    nearest = { candidate, distance };
  }
  return nearest?.candidate;
}

/** Insertions, deletions, substitutions and swaps of neighbours that make one text the other. */
function editDistance(a: string, b: string): number {
  let [beforeLast, last]: [readonly number[], readonly number[]] = [
    [],
    Array.from({ length: b.length + 1 }, (_, column) => column),
  ];
  for (let row = 1; row <= a.length; row += 1) {
    const next = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const same = a[row - 1] === b[column - 1];
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      next.push(
        Math.min(
          at(last, column) + 1,
          at(next, column - 1) + 1,
          at(last, column - 1) + (same ? 0 : 1),
          swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [beforeLast, last] = [last, next];
  }
  return at(last, b.length);
}

function at(values: readonly number[], index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no value at ${index}`);
  return value;
}
