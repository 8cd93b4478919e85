import { formatPercent, type Html, html } from "@nin/page";
import { pngDataUri } from "./png.js";
import { className, type ImageSize, type ReportSample } from "./report-data.js";

/**
 * Some test images with their predictions.
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
<div class="samples">
${samples.map((sample) => figure(sample, size, names))}</div>`;
  return html`<section aria-labelledby="samples-heading">
<h2 id="samples-heading">Sample predictions</h2>
${body}
</section>`;
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
<img src="${pngDataUri(sample.pixels, size)}" width="${size.width}" height="${size.height}" alt="Test image: ${label}">
<figcaption><span class="label">${label}</span>${verdict}<span class="probability">${probability}</span></figcaption>
</figure>
`;
}

/** The grid of sample predictions. */
export const samplesStyle = `
.samples { display: grid; grid-template-columns: repeat(auto-fill, minmax(7.5rem, 1fr)); gap: 0.75rem; }
.sample { margin: 0; padding: 0.5rem; border: 1px solid var(--border); border-radius: 0.5rem; background: var(--surface); }
.sample-wrong { border: 2px dashed var(--warning); padding: calc(0.5rem - 1px); }
.sample img { display: block; width: 100%; height: auto; image-rendering: pixelated; border-radius: 0.25rem; }
.sample figcaption { margin-top: 0.5rem; font-size: 0.8125rem; line-height: 1.35; overflow-wrap: anywhere; }
.sample figcaption > span { display: block; }
.sample .label { font-weight: 600; }
.sample .wrong { color: var(--warning); font-weight: 600; }
.sample .probability { color: var(--muted); font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) {
  .samples { grid-template-columns: repeat(auto-fill, minmax(6.25rem, 1fr)); gap: 0.5rem; }
}
`;
