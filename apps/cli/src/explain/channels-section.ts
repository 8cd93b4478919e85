import { counted, formatCount, type Html, html } from "@nin/page";
import { shownText } from "@nin/spec";
import {
  formatActivation,
  heatFigure,
  heatLegend,
  heatMap,
  heatScale,
  peakText,
  thumbnail,
} from "../report/heat-map.js";
import type { ImageSize } from "../report/report-data.js";
import type { ActivatedImage, ExplainData, ShownChannel, ShownLayer } from "./explain-data.js";

const KINDS: Readonly<Record<string, string>> = { ninBlock: "NiN block" };

/** Of each layer some channels, each with the images that activate it most. */
export function channelsSection({ layers, imageSize, compared, architecture }: ExplainData): Html {
  const { height, width } = architecture.input;
  const body =
    layers.length === 0
      ? html`<p class="note">The network has no layers that detect features in places of the image.</p>`
      : html`<p class="note">Out of ${compared}, those in which a channel\u2019s largest value is the largest; the number is that value. The colours show the channel\u2019s map, with one scale for each channel, and the line is around what is above its middle.</p>
${heatLegend("least", "most, of each channel")}
${layers.map((layer) => layerPart(layer, imageSize, `${height}\u00d7${width}`))}`;
  return html`<section aria-labelledby="channels-heading">
<h2 id="channels-heading">Most activating images</h2>
${body}
</section>`;
}

function layerPart(layer: ShownLayer, size: ImageSize, input: string): Html {
  const { name, kind, channelCount, height, width, receptiveField: field, channels } = layer;
  const silent =
    layer.silentCount === 0
      ? ""
      : ` ${formatCount(layer.silentCount)} of them ${layer.silentCount === 1 ? "is" : "are"} 0 for every image.`;
  return html`<h3>${name}: ${KINDS[kind] ?? kind}</h3>
<p class="note">${counted(channelCount, "channel")} of ${height}\u00d7${width}; each place has seen ${field.height}\u00d7${field.width} of the ${input} input pixels.${silent}${selectionText(layer)}</p>
${channels.map((channel) => strip(channel, size))}`;
}

function selectionText({ selection, channels, imageCount }: ShownLayer): string {
  if (selection !== "varied" || channels.length === 0) return "";
  const most = imageCount === 1 ? "are largest" : "vary most from image to image";
  return ` The ${formatCount(channels.length)} whose largest values ${most}:`;
}

function strip({ channel, className, images }: ShownChannel, size: ImageSize): Html {
  const scale = heatScale(images.map(({ map }) => map));
  const name = className === undefined ? `Channel ${channel}` : shownText(className);
  const figure = (image: ActivatedImage): Html => {
    const text = `${image.name}: ${peakText(image.map)}`;
    const heat = heatMap(image.map, scale, size);
    return html`<figure>${heatFigure(thumbnail(image.pixels, size), heat, text, size)}<figcaption>${image.name} <span>${formatActivation(image.activation, 3)}</span></figcaption></figure>
`;
  };
  return html`<h4>${name}${className !== undefined && html` <span class="on">channel ${channel}</span>`}</h4>
${images.length === 0 ? html`<p class="note">0 for every image.</p>` : html`<div class="strip">\n${images.map(figure)}</div>`}
`;
}

export const channelsStyle: string = `
h4 { margin: 1rem 0 0.375rem; font-size: 0.875rem; font-weight: 600; }
h4 .on { font-weight: 400; color: var(--muted); }
.strip { display: grid; grid-template-columns: repeat(8, minmax(0, 1fr)); gap: 0.5rem; }
.strip figure { margin: 0; min-width: 0; }
.strip figcaption { margin-top: 0.25rem; font-size: 0.75rem; line-height: 1.35; overflow-wrap: anywhere; }
.strip figcaption span { display: block; color: var(--muted); font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) {
  .strip { grid-template-columns: repeat(4, minmax(0, 1fr)); }
}
`;
