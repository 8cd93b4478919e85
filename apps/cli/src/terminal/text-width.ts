import { stripVTControlCharacters } from "node:util";
import { present } from "@nin/spec";

/** Characters two columns wide: East Asian wide and fullwidth ones, emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
/** Characters of no width: combining marks, joiners. */
const WITHOUT_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** How many columns of a terminal a printable text takes, its colours not counted. */
export function displayWidth(text: string): number {
  // The usual case, quickly.
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of graphemes.segment(stripVTControlCharacters(text)))
    width += graphemeWidth(segment);
  return width;
}

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** The first character that takes a place says how many; the others are joined to it. */
function graphemeWidth(grapheme: string): number {
  const base = [...grapheme].find((character) => !WITHOUT_WIDTH.test(character));
  if (base === undefined) return 0;
  // A symbol that is otherwise narrow, with the sign that makes it an emoji.
  return WIDE.test(base) || grapheme.includes("\ufe0f") ? 2 : 1;
}

/**
 * Wraps a line for a terminal of so many columns: broken between words, with a hanging indent. A single word that is
 * longer stays whole. Without a width, as for a file, the line stays as it is.
 */
export function wrapped(line: string, columns: number | undefined): string {
  if (columns === undefined || displayWidth(line) <= columns) return line;
  const text = line.trimStart();
  const leadLength = line.length - text.length;
  const isCommand = /^(?:npx .*|pnpm )?nin /.test(text) && leadLength > 0;
  // A command is continued as in a shell, so that it can be copied.
  const continued = isCommand ? " \\" : "";
  const indent = " ".repeat(isCommand ? leadLength + 2 : hangingIndent(line, columns));
  return filled(line, columns - continued.length, indent).join(`${continued}\n`);
}

/** Under the last column of the line, where that is in the left half; else under the line's beginning. */
function hangingIndent(line: string, columns: number): number {
  const plain = stripVTControlCharacters(line);
  const [cells] = present(/^\s*(?:\S+(?: \S+)*\s{2,})*/.exec(plain));
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
