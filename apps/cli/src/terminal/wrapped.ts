import { stripVTControlCharacters } from "node:util";
import { displayWidth } from "./display-width.js";

/**
 * A line for a terminal of so many columns: broken between words, what follows set under its text. A single word that
 * is longer stays whole. Without a width, as for a file, it is left as it is.
 */
export function wrapped(line: string, columns: number | undefined): string {
  if (columns === undefined || displayWidth(line) <= columns) return line;
  const [, lead = "", text = ""] = /^(\s*)(.*)$/s.exec(line) ?? [];
  const isCommand = /^(?:npx .*|pnpm )?nin /.test(text) && lead !== "";
  // A command is broken as the shell reads it, so that it can be copied.
  const continued = isCommand ? " \\" : "";
  const indent = " ".repeat(isCommand ? lead.length + 2 : hangingIndent(line, columns));
  return filled(line, columns - continued.length, indent).join(`${continued}\n`);
}

/** Under the last of what is set in columns, where that is in the left half; else under the line's beginning. */
function hangingIndent(line: string, columns: number): number {
  const plain = stripVTControlCharacters(line);
  const [cells = ""] = /^\s*(?:\S+(?: \S+)*\s{2,})*/.exec(plain) ?? [];
  if (cells.length <= columns / 2) return cells.length;
  return plain.length - plain.trimStart().length;
}

function filled(line: string, columns: number, indent: string): readonly string[] {
  const lines: string[] = [];
  let current = "";
  for (const [chunk] of line.matchAll(/\s*\S+/g)) {
    const fits = displayWidth(current) + displayWidth(chunk) <= columns;
    if (fits || current.trim() === "") {
      current += chunk;
    } else {
      lines.push(current);
      current = indent + chunk.trimStart();
    }
  }
  return [...lines, current];
}
