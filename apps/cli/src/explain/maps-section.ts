import { formatPercent, type Html, html } from "@nin/page";
import { at, shownText } from "@nin/spec";
import { type FeatureMap, receptiveField } from "@nin/training";
import {
  formatActivation,
  type HeatScale,
  heatFigure,
  heatLegend,
  heatMap,
  heatScale,
  peakText,
  thumbnail,
} from "../report/heat-map.js";
import type { ImageSize } from "../report/report-data.js";
import type { EvidenceFacts, ExplainData, ExplainedClass, ExplainedImage } from "./explain-data.js";

/** Each image with the class activation maps of its most probable classes; or why there are none. */
export function mapsSection(data: ExplainData): Html {
  const { images, imageSize, evidence } = data;
  return html`<section aria-labelledby="maps-heading">
<h2 id="maps-heading">${evidence === undefined ? "Predictions" : "Class activation maps"}</h2>
${evidence === undefined ? whyNone(data) : explanation(data, evidence)}
<div class="explained-images">
${images.map((image) => figure(image, imageSize))}</div>
</section>`;
}

function whyNone({ architecture }: ExplainData): Html {
  const last = at(architecture.layers, -1).kind;
  return html`<p class="note">This network has no class activation maps. They need a network that ends in global average pooling, so that the score of a class is the mean of a map; this one ends in <code>${last}</code>, and its scores cannot be assigned to places of the image without further assumptions.</p>`;
}

function explanation(data: ExplainData, evidence: EvidenceFacts): Html {
  const { layer, linear, height, width, largestDifference } = evidence;
  const source =
    linear === undefined
      ? html`The network ends in global average pooling, without any weights after it: <strong>the score of a class is the mean of its map</strong>, which is a channel of <code>${layer}</code> (${height}\u00d7${width}).`
      : html`The network ends in global average pooling and one linear layer: <strong>the score of a class is the mean of its map, plus the layer\u2019s bias</strong>. The map is the sum of the channels of <code>${layer}</code> (${height}\u00d7${width}) by the weights of <code>${linear}</code>.`;
  return html`<p class="note">${source} So the maps are exact: they show where all of a score comes from. The scores of the images below differ from the means of their maps${linear !== undefined && " plus the biases"} by at most ${formatActivation(largestDifference)}, which is rounding.</p>
<p class="note">${reach(data, evidence)} All maps of an image have one scale, from 0, or the least value where that is less, to the largest value in any of them; the line is around what is above its middle.</p>
${heatLegend("least evidence", "most, of each image")}`;
}

/** How far around it a place of a map looks. */
function reach({ architecture }: ExplainData, { layer, height, width }: EvidenceFacts): string {
  const { input } = architecture;
  const field = receptiveField(architecture, layer);
  const whole = field.height === input.height && field.width === input.width;
  const sees = whole
    ? "up to the whole image"
    : `${field.height}\u00d7${field.width} of the network\u2019s ${input.height}\u00d7${input.width} input pixels`;
  return `Each of the ${height}\u00d7${width} places is drawn over its part of the image, but has seen more: ${sees}.`;
}

function figure(image: ExplainedImage, size: ImageSize): Html {
  const { pixels, name, label, classes } = image;
  const maps = classes.flatMap(({ map }) => (map === undefined ? [] : [map]));
  const shown = { size, scale: heatScale(maps), picture: thumbnail(pixels, size) };
  const predicted = at(classes, 0);
  const isWrong = label !== undefined && label !== predicted.index;
  return html`<figure class="${isWrong ? "explained explained-wrong" : "explained"}">
<figcaption>${heading(image, predicted)}</figcaption>
<div class="class-maps">
<div class="class-map"><img src="${shown.picture}" width="${size.width}" height="${size.height}" alt="${label === undefined ? "Image" : "Test image"}: ${name}"></div>
${classes.map((each) => classMap(each, shown, each.index === label))}</div>
</figure>
`;
}

function heading({ name, label }: ExplainedImage, predicted: ExplainedClass): Html {
  const prediction = shownText(predicted.class);
  if (label === undefined) return html`<strong>${name}</strong>: ${prediction}`;
  if (label === predicted.index) return html`<strong>${name}</strong> \u2713`;
  return html`<strong>${name}</strong> <span class="wrong">\u2717 wrong:</span> ${prediction}`;
}

/** How the maps of an image are drawn. */
interface MapLook {
  readonly size: ImageSize;
  readonly scale: HeatScale;
  /** The image's address. */
  readonly picture: string;
}

function classMap(
  { class: given, probability, score, map }: ExplainedClass,
  look: MapLook,
  isTrue: boolean,
): Html {
  const name = shownText(given);
  return html`<div class="class-map">${map && mapOf(name, map, look)}
<p><span class="label">${name}${isTrue && " (true)"}</span><span>${formatPercent(probability, 1)}</span><span class="score">score ${formatActivation(score)}</span></p></div>
`;
}

function mapOf(name: string, map: FeatureMap, { picture, scale, size }: MapLook): Html {
  const text = `Class activation map of ${name}: ${peakText(map)}`;
  return heatFigure(picture, heatMap(map, scale, size), text, size);
}

export const mapsStyle: string = `
.explained-images { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 28rem), 1fr)); gap: 0.75rem; }
.explained { margin: 0; padding: 0.75rem; border: 1px solid var(--border); border-radius: 0.5rem; background: var(--surface); min-width: 0; }
.explained-wrong { border: 2px dashed var(--warning); padding: calc(0.75rem - 1px); }
.explained figcaption { margin-bottom: 0.5rem; font-size: 0.875rem; overflow-wrap: anywhere; }
.explained .wrong { color: var(--warning); font-weight: 600; }
.class-maps { display: grid; grid-template-columns: repeat(auto-fit, minmax(4.25rem, 1fr)); gap: 0.5rem; }
.class-map { min-width: 0; font-size: 0.8125rem; line-height: 1.35; overflow-wrap: anywhere; }
.class-map > img { display: block; width: 100%; height: auto; image-rendering: pixelated; border-radius: 0.25rem; }
.class-map p { margin: 0.25rem 0 0; font-variant-numeric: tabular-nums; }
.class-map p span { display: block; }
.class-map .label { font-weight: 600; }
.class-map .score { color: var(--muted); }
`;
