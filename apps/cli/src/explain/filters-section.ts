import { counted, type Html, html } from "@nin/page";
import { at } from "@nin/spec";
import { type FilterBank, filterImage } from "@nin/training";
import { formatActivation } from "../report/heat-map.js";
import { pngDataUri } from "../report/png.js";
import type { ExplainData } from "./explain-data.js";

/** More would make the page slow. */
const MOST_SHOWN = 512;

/** The filters of the first convolution: in colour for three channels, else one grey picture for each channel. */
export function filtersSection({ filters }: ExplainData): Html {
  return html`<section aria-labelledby="filters-heading">
<h2 id="filters-heading">First-layer filters</h2>
${filters === undefined ? none() : bank(filters)}
</section>`;
}

function none(): Html {
  return html`<p class="note">The first layer with weights is no convolution: the network has no filters to show.</p>`;
}

function bank(filters: FilterBank): Html {
  const { layer, weight } = filters;
  const [count, channels, height, width] = [0, 1, 2, 3].map((axis) => at(weight.shape, axis)) as [
    number,
    number,
    number,
    number,
  ];
  const shown = Math.min(count, MOST_SHOWN);
  const colours =
    channels === 3
      ? "red, green and blue are the weights of the three channels, so that a grey filter looks for light and dark and a coloured one for colour"
      : channels === 1
        ? "light is a positive weight, dark a negative one"
        : `one picture for each of the ${channels} channels; light is a positive weight, dark a negative one`;
  return html`<p class="note">The ${counted(count, "filter")} of <code>${layer}</code>, ${height}\u00d7${width}: ${colours}. Mid-grey is 0, and the number below is the largest weight, by which each is scaled.${shown < count && ` The first ${shown} are shown.`}</p>
<div class="filters">
${Array.from({ length: shown }, (_, filter) => figure(filters, filter))}</div>`;
}

function figure(filters: FilterBank, filter: number): Html {
  const { pixels, channels, height, width, largest } = filterImage(filters, filter);
  const isColour = channels === 3;
  // Its channels one below the other where they are not colours.
  const size = isColour ? { channels, height, width } : { channels: 1, height: channels * height, width };
  return html`<figure><img src="${pngDataUri(pixels, size)}" width="${size.width}" height="${size.height}" alt="Filter ${filter}"><figcaption>${filter} <span>\u00b1${formatActivation(largest, 2)}</span></figcaption></figure>
`;
}

export const filtersStyle: string = `
.filters { display: grid; grid-template-columns: repeat(auto-fill, minmax(3.5rem, 1fr)); gap: 0.5rem; }
.filters figure { margin: 0; min-width: 0; }
.filters img { display: block; width: 100%; height: auto; image-rendering: pixelated; border: 1px solid var(--border); border-radius: 0.25rem; }
.filters figcaption { font-size: 0.75rem; line-height: 1.35; font-variant-numeric: tabular-nums; }
.filters span { color: var(--muted); }
`;
