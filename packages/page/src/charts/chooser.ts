import { type Html, html } from "../document/html.js";
import { nthLook, seriesLetter } from "./chart.js";

/** What a check box shows and hides: the series and marks with the same `key` in the charts with the same `chooser`. */
export interface ChooserItem {
  readonly key: string;
  /** Of its line: which letter, colour and dash it has. */
  readonly index: number;
  readonly isChosen?: boolean;
}

/**
 * The check boxes that say which lines the charts of a page show, each with its letter and a sample of its line, and
 * buttons for all and none. Charts belong to it by their `chooser`, series and marks by their `key`. The boxes are
 * disabled without JavaScript, as the charts are.
 *
 * @param name - of the chooser, unique in the page
 * @param legend - what is chosen: `Runs`
 *
 * @example
 * ```ts
 * const chooser = seriesChooser("runs", "Runs shown", [
 *   { key: "a", index: 0, label: "nin-mnist, seed 0", isChosen: true },
 *   { key: "b", index: 1, label: "nin-mnist, seed 1" },
 * ]);
 * ```
 */
export function seriesChooser(
  name: string,
  legend: string,
  items: readonly (ChooserItem & { readonly label: string })[],
): Html {
  const all = items.length > 2 && html`<span class="chooser-all" data-choose-all="${name}"></span>`;
  return html`<fieldset class="chooser">
<legend>${legend}</legend>
${items.map((item) => html`<label>${chooserBox(name, item, "")}${lineSample(item.index)}<span>${item.label}</span></label>\n`)}${all}
</fieldset>`;
}

/**
 * A check box of a chooser by itself, not remembered by a browser when the page is loaded again, for the cell of a table. Boxes of the same chooser and key change together.
 *
 * @param label - for a screen reader; empty where a label stands around the box
 */
export function chooserBox(
  name: string,
  { key, isChosen = false }: Pick<ChooserItem, "key" | "isChosen">,
  label: string,
): Html {
  return html`<input type="checkbox" autocomplete="off" disabled data-chooser="${name}" value="${key}"${label !== "" && html` aria-label="${label}"`}${isChosen && html` checked`}>`;
}

/** A letter and a piece of the line that it stands for. */
export function lineSample(index: number): Html {
  const { color, dash = [] } = nthLook(index);
  return html`<span class="line-sample"><b>${seriesLetter(index)}</b><svg width="32" height="8" aria-hidden="true"><line x1="0" y1="4" x2="32" y2="4" stroke-width="2" stroke-dasharray="${dash.join(" ")}" style="stroke:var(${color})"></line></svg></span>`;
}
