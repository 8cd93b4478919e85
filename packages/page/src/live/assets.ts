import { bundledScript, type ChartAssets, chartAssets } from "../charts/assets.js";
import { type Html, html } from "../document/html.js";

const LIVE_STYLE = `
.live { margin: 0 0 0.5rem; color: var(--muted); font-size: 0.8125rem; }
.live::before { content: ""; display: inline-block; width: 0.5rem; height: 0.5rem; margin-right: 0.5rem; border-radius: 50%; background: var(--good); }
.live[data-state="waiting"]::before { background: none; box-shadow: inset 0 0 0 2px var(--warning); }
.chosen { display: flex; flex-wrap: wrap; gap: 0.25rem 1.5rem; margin: 0 0 1rem; padding: 0; list-style: none; font-size: 0.875rem; overflow-wrap: anywhere; }
`;

/**
 * As `chartAssets`, for a page that a server keeps up to date: such a page has a `liveState`, asks for what it names, and
 * needs the policy of `htmlDocument`'s `connects`.
 *
 * @throws the error of the file system where this package was not built
 */
export function liveAssets(): ChartAssets {
  const { style, credit } = chartAssets();
  return { style: `${style}${LIVE_STYLE}`, script: bundledScript("live"), credit };
}

/** A line that says whether the page is connected, and the address of its events (`LiveUpdate`) for its script. */
export function liveState(events: string): Html {
  return html`<p class="live" id="live" role="status" data-state="waiting" data-events="${events}">Connecting</p>`;
}

/**
 * The place where the curves of chosen runs are laid over each other; check boxes of the chooser choose them, and their
 * curves (`LiveCurves`) are fetched.
 *
 * @param chooser - the name of the check boxes, of `chooserBox`
 * @param curves - the address; the script adds the run's key to it
 */
export function liveOverlay(chooser: string, curves: string): Html {
  return html`<ul class="chosen" aria-label="Runs shown"></ul>
<div class="charts" id="overlay" data-overlay="${chooser}" data-curves="${curves}"></div>
<p class="note" data-overlay-note>Choose runs in the table to see their curves here.</p>`;
}
