const ESCAPES: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/** A string of C as strace prints it, after its opening quote: its bytes, and where its closing quote is. */
export function readCString(text: string, start: number): { readonly bytes: Buffer; readonly end: number } {
  const bytes: number[] = [];
  let at = start;
  while (at < text.length && text[at] !== '"') {
    if (text[at] !== "\\") {
      bytes.push(text.charCodeAt(at));
      at += 1;
      continue;
    }
    const [octal] = /^[0-7]{1,3}/.exec(text.slice(at + 1, at + 4)) ?? [];
    const escaped = text[at + 1] ?? "";
    bytes.push(octal === undefined ? (ESCAPES[escaped] ?? escaped.charCodeAt(0)) : Number.parseInt(octal, 8));
    at += 1 + (octal?.length ?? 1);
  }
  return { bytes: Buffer.from(bytes), end: at };
}

/** All strings of C in a line, in order. */
export function cStrings(line: string): readonly Buffer[] {
  const found: Buffer[] = [];
  let quote = line.indexOf('"');
  while (quote >= 0) {
    const { bytes, end } = readCString(line, quote + 1);
    found.push(bytes);
    quote = line.indexOf('"', end + 1);
  }
  return found;
}
