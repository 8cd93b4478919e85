/** How much of what was given a message repeats. Units: characters. */
export const SHOWN_CHARACTERS = 200;

const SHOWN_DEPTH = 4;
const SHOWN_ITEMS = 10;
const SHOWN_NAMES = 25;

/** Control, format and private-use characters and lone surrogates: a terminal obeys some, a reader sees none. */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu;

const SHORT_ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/**
 * Text from outside (a name in a file, a path, a server's reply) for use in a message: what cannot be
 * printed is escaped, and of a long text only the beginning is repeated.
 *
 * @param text - what was given
 * @param limit - how many characters of it are repeated at most
 * @returns one line of printable text
 */
export function shownText(text: string, limit: number = SHOWN_CHARACTERS): string {
  const beginning = text.length > limit ? `${text.slice(0, limit)}... (${text.length} characters)` : text;
  return beginning.replace(UNPRINTABLE, escapeOf);
}

/**
 * A value from outside for use in a message: as JSON where it has a JSON form, printable, cut after some items, some
 * levels and `SHOWN_CHARACTERS` characters. Works for values nested to any depth.
 *
 * @returns one line of printable text; "nothing" for `undefined`
 */
export function shownValue(value: unknown): string {
  if (value === undefined) return "nothing";
  return shownText(written(value, SHOWN_DEPTH));
}

/**
 * Names from outside for use in a message, the first of them where there are many.
 *
 * @param names - for instance those that a file has
 * @param none - what an empty list is called
 * @returns one line of printable text: `input, labels`; `a, b, ... (20000 in all)`
 */
export function shownNames(names: Iterable<string>, none = "none"): string {
  const shown: string[] = [];
  let [total, characters] = [0, 0];
  for (const name of names) {
    total += 1;
    characters += name.length;
    if (shown.length < total - 1) continue;
    // At least one: of a long one the beginning.
    if (total === 1 || (total <= SHOWN_NAMES && characters <= SHOWN_CHARACTERS)) shown.push(shownText(name));
  }
  if (total === 0) return none;
  return shown.length === total ? shown.join(", ") : `${shown.join(", ")}, ... (${total} in all)`;
}

function written(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, SHOWN_CHARACTERS * 2));
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value))
    return `[${depth === 0 ? "..." : items(value, (item) => written(item, depth - 1))}]`;
  const field = ([name, item]: readonly [string, unknown]) =>
    `${JSON.stringify(name)}:${written(item, depth - 1)}`;
  return `{${depth === 0 ? "..." : items(Object.entries(value), field)}}`;
}

function items<Item>(all: readonly Item[], write: (item: Item) => string): string {
  const first = all.slice(0, SHOWN_ITEMS).map(write);
  return (all.length > SHOWN_ITEMS ? [...first, "..."] : first).join(",");
}

function escapeOf(character: string): string {
  const short = SHORT_ESCAPES[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0);
  const hex = code === undefined ? "" : code.toString(16);
  return hex.length > 4 ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}
