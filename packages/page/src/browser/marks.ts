import type uPlot from "uplot";
import type { ChartMark } from "../charts/chart.js";

/** The value of a custom property of the page's style. */
export function colorOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** Labels nearer to each other than this are set below each other. Units: CSS pixels. */
const LABEL_WIDTH = 18;
const LABEL_HEIGHT = 13;
/** Half of a shape. Units: CSS pixels. */
const SHAPE = 4;

interface Place {
  readonly left: number;
  readonly top: number;
}

/**
 * Draws shapes and labels over a chart. They are no series of uPlot, which cannot have several points at the same x.
 */
export function drawMarks(plot: uPlot, marks: readonly ChartMark[]): void {
  const { ctx } = plot;
  ctx.save();
  const places = marks.map(({ x, y }) => ({
    left: plot.valToPos(x, "x", true),
    top: plot.valToPos(y, "y", true),
  }));
  for (const [index, { shape }] of marks.entries()) {
    const place = places[index];
    if (shape !== undefined && place !== undefined) drawShape(ctx, shape, place);
  }
  drawLabels(ctx, marks, places);
  ctx.restore();
}

function drawShape(ctx: CanvasRenderingContext2D, shape: "circle" | "square", { left, top }: Place): void {
  const half = SHAPE * devicePixelRatio;
  ctx.beginPath();
  if (shape === "circle") ctx.arc(left, top, half, 0, 2 * Math.PI);
  else ctx.rect(left - half, top - half, 2 * half, 2 * half);
  ctx.strokeStyle = colorOf(shape === "circle" ? "--series-0" : "--series-1");
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.stroke();
}

function drawLabels(
  ctx: CanvasRenderingContext2D,
  marks: readonly ChartMark[],
  places: readonly Place[],
): void {
  ctx.font = `${devicePixelRatio * 12}px system-ui, sans-serif`;
  ctx.fillStyle = colorOf("--text");
  ctx.textBaseline = "bottom";
  const height = LABEL_HEIGHT * devicePixelRatio;
  const taken: Place[] = [];
  for (const [index, { text, shape }] of marks.entries()) {
    const place = places[index];
    if (place === undefined) continue;
    const left = place.left + (shape === undefined ? 6 : 8) * devicePixelRatio;
    let top = place.top - 3 * devicePixelRatio;
    const touches = (other: Place): boolean =>
      Math.abs(other.left - left) < LABEL_WIDTH * devicePixelRatio && Math.abs(other.top - top) < height;
    while (taken.some(touches)) top += height;
    taken.push({ left, top });
    ctx.fillText(text, left, top);
  }
}
