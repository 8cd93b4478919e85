import { formatPercent, type Html, html } from "@nin/page";
import { heatFigure, heatLegend, heatMap, heatScale, peakText, thumbnail } from "./heat-map.js";
import { pngDataUri } from "./png.js";
import { className, type ImageSize, type ReportSample } from "./report-data.js";

/**
 * Some test images with their predictions, and where the network has them the predictions' class activation maps.
 *
 * @param whyNone - why there are none, where there are none
 * @throws `RangeError` for pixels of another size
 */
export function samplesSection(
  samples: readonly ReportSample[],
  size: ImageSize,
  names: readonly string[],
  whyNone?: string,
): Html {
  const body =
    samples.length === 0
      ? html`<p class="note">This page has no sample images${whyNone !== undefined && `: ${whyNone}`}.</p>`
      : html`<p class="note">Correct and incorrect predictions of each class, as far as there are any. Their proportion says nothing about the accuracy.</p>
${mapsNote(samples)}<div class="${hasMaps(samples) ? "samples samples-mapped" : "samples"}">
${samples.map((sample) => figure(sample, size, names))}</div>`;
  return html`<section aria-labelledby="samples-heading">
<h2 id="samples-heading">Sample predictions</h2>
${body}
</section>`;
}

function hasMaps(samples: readonly ReportSample[]): boolean {
  return samples.some(({ map }) => map !== undefined);
}

function mapsNote(samples: readonly ReportSample[]): Html {
  if (!hasMaps(samples))
    return html`<p class="note">There are no class activation maps: they need a network that ends in global average pooling.</p>
`;
  return html`<p class="note">On the right the class activation map of the prediction: the network ends in global average pooling, so that a class\u2019s score is the mean of its map (plus a constant, where a linear layer follows). Light places speak for the class; the line is around what is above the middle of the scale. <code>nin explain</code> shows more.</p>
${heatLegend("least evidence", "most, of each map")}
`;
}

function figure(sample: ReportSample, size: ImageSize, names: readonly string[]): Html {
  const right = sample.label === sample.prediction;
  const label = className(names, sample.label);
  const prediction = className(names, sample.prediction);
  const probability = formatPercent(sample.probability, 1);
  const verdict = right
    ? html`<span class="verdict">\u2713 ${prediction}</span>`
    : html`<span class="verdict"><span class="wrong">\u2717 wrong:</span> ${prediction}</span>`;
  return html`<figure class="${right ? "sample" : "sample sample-wrong"}">
<div class="pictures"><img src="${pngDataUri(sample.pixels, size)}" width="${size.width}" height="${size.height}" alt="Test image: ${label}">${mapOf(sample, size, prediction)}</div>
<figcaption><span class="label">${label}</span>${verdict}<span class="probability">${probability}</span></figcaption>
</figure>
`;
}

function mapOf({ map, pixels }: ReportSample, size: ImageSize, prediction: string): Html | undefined {
  if (map === undefined) return undefined;
  const text = `Class activation map of ${prediction}: ${peakText(map)}`;
  return heatFigure(thumbnail(pixels, size), heatMap(map, heatScale([map]), size), text, size);
}

/** The grid of sample predictions. */
export const samplesStyle = `
.samples { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); gap: 0.75rem; }
.sample { margin: 0; padding: 0.5rem; border: 1px solid var(--border); border-radius: 0.5rem; background: var(--surface); }
.sample-wrong { border: 2px dashed var(--warning); padding: calc(0.5rem - 1px); }
.samples-mapped { grid-template-columns: repeat(auto-fill, minmax(10.5rem, 1fr)); }
.samples-mapped .pictures { display: grid; grid-template-columns: 1fr 1fr; gap: 0.25rem; }
.pictures > img { display: block; width: 100%; height: auto; image-rendering: pixelated; border-radius: 0.25rem; }
.sample figcaption { margin-top: 0.5rem; font-size: 0.8125rem; line-height: 1.35; overflow-wrap: anywhere; }
.sample figcaption > span { display: block; }
.sample .label { font-weight: 600; }
.sample .wrong { color: var(--warning); font-weight: 600; }
.sample .probability { color: var(--muted); font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) {
  .samples { grid-template-columns: repeat(auto-fill, minmax(6.25rem, 1fr)); gap: 0.5rem; }
  .samples-mapped { grid-template-columns: repeat(auto-fill, minmax(9rem, 1fr)); }
}
`;
