import { formatPercent, type Html, html } from "@nin/page";
import { className } from "./class-names.js";
import { pngDataUri } from "./png.js";
import type { ImageSize, ReportSample } from "./report-data.js";

/** Some test images with what the network takes them for. Throws: `RangeError` for pixels of another size. */
export function samplesSection(
  samples: readonly ReportSample[],
  size: ImageSize,
  names: readonly string[],
): Html {
  const body =
    samples.length === 0
      ? html`<p class="note">No test image has been kept for this page.</p>`
      : html`<p class="note">Picked to show right and wrong ones of each class, as far as there are any: how many are wrong here says nothing about the accuracy.</p>
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
