import { formatCount } from "@nin/page";

/** A quantity over the steps, and a share that is drawn as an area behind it. */
export interface Panel {
  readonly title: string;
  /** In the order of x. */
  readonly points: readonly { readonly x: number; readonly value: number; readonly share: number }[];
}

/** Units: user units of the picture, which are pixels where nothing scales it. */
const [COLUMNS, WIDTH, TOP, BELOW] = [5, 760, 84, 36];
const PANEL = { width: 118, height: 84, across: 142, down: 128, left: 44 };

/**
 * Small charts of equal scale next to each other, as a picture for a document in Markdown. Line, area and titles are
 * distinguished without colour.
 */
export function panelsSvg({
  title,
  legend,
  panels,
}: {
  readonly title: string;
  /** What line and area are. */
  readonly legend: string;
  readonly panels: readonly Panel[];
}): string {
  const points = panels.flatMap((panel) => panel.points);
  const [lastX, top] = [
    Math.max(...points.map(({ x }) => x)),
    Math.ceil(Math.max(...points.map(({ value }) => value))),
  ];
  const rows = Math.ceil(panels.length / COLUMNS);
  const height = TOP + (rows - 1) * PANEL.down + PANEL.height + BELOW;
  const right = (x: number): number => rounded((x / lastX) * PANEL.width);
  const up = (part: number): number => rounded((1 - part) * PANEL.height);
  const body = panels.map((panel, index) => {
    const [column, row] = [index % COLUMNS, Math.floor(index / COLUMNS)];
    const line = panel.points.map(({ x, value }) => `${right(x)},${up(value / top)}`);
    const area = panel.points.map(({ x, share }) => `${right(x)},${up(share)}`);
    const [first, last] = [right(panel.points[0]?.x ?? 0), right(panel.points.at(-1)?.x ?? 0)];
    return [
      `<g transform="translate(${PANEL.left + column * PANEL.across} ${TOP + row * PANEL.down})">`,
      text(0, -8, panel.title, 'class="name"'),
      `<polygon class="share" points="${first},${PANEL.height} ${area.join(" ")} ${last},${PANEL.height}"/>`,
      `<rect class="frame" width="${PANEL.width}" height="${PANEL.height}"/>`,
      `<polyline class="value" points="${line.join(" ")}"/>`,
      text(-6, 9, String(top), 'class="muted" text-anchor="end"'),
      text(-6, PANEL.height, "0", 'class="muted" text-anchor="end"'),
      text(PANEL.width, PANEL.height + 16, `step ${formatCount(lastX)}`, 'class="muted" text-anchor="end"'),
      "</g>",
    ].join("\n");
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-labelledby="title">`,
    `<title id="title">${escaped(title)}</title>`,
    STYLE,
    `<rect class="page" width="${WIDTH}" height="${height}" rx="8"/>`,
    text(24, 30, title, 'class="heading"'),
    text(24, 52, legend, 'class="muted"'),
    ...body,
    "</svg>\n",
  ].join("\n");
}

const STYLE = `<style>
svg { color-scheme: light dark; font: 11px system-ui, -apple-system, "Segoe UI", Roboto, Arial, sans-serif; }
.page { fill: #ffffff; stroke: #dededa; }
text { fill: #1d1d1b; }
.heading { font-size: 16px; font-weight: 600; }
.name { font-size: 12px; font-weight: 600; }
.muted { fill: #5c5f66; }
.frame { fill: none; stroke: #c9c9c4; }
.share { fill: #dededa; }
.value { fill: none; stroke: #1f5fbf; stroke-width: 2; }
@media (prefers-color-scheme: dark) {
.page { fill: #14161a; stroke: #343841; }
text { fill: #e7e7e4; }
.muted { fill: #a2a7b0; }
.frame { stroke: #4a4f59; }
.share { fill: #343841; }
.value { stroke: #82b1ff; }
}
</style>`;

/** To a tenth: what no screen shows need not be in the file. */
function rounded(value: number): number {
  return Math.round(10 * value) / 10;
}

function text(x: number, y: number, content: string, attributes: string): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
