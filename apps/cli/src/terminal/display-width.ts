import { stripVTControlCharacters } from "node:util";

/** Takes two columns of a terminal: East Asian wide and fullwidth characters, emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{17000}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}\p{Emoji_Presentation}]/u;
/** Takes none: combining marks, joiners. */
const WITHOUT_WIDTH = /[\p{Mn}\p{Me}\p{Cf}]/u;

/** How many columns of a terminal a printable text takes; its colours take none. */
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
