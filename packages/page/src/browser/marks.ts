import type uPlot from "uplot";
import { type ChartMark, type MarkShape, markShapes } from "../charts/chart.js";

/** The value of a custom property of the page's style. */
export function colorOf(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

/** The least width that a label takes, and its height. Units: CSS pixels. */
const LABEL_WIDTH = 18;
const LABEL_HEIGHT = 13;
/** Half of a shape, and of the end of a bar. Units: CSS pixels. */
const SHAPE = 4;
/** How many places for a label are tried, one after the other below and above its point. */
const MOST_PLACES = 12;

/** Units: device pixels. */
interface Place {
  readonly left: number;
  readonly top: number;
}

/** Units: device pixels. */
interface Box extends Place {
  readonly right: number;
  readonly bottom: number;
}

/** A mark that is within the part of a chart that is shown. */
interface PlacedMark extends Place {
  readonly mark: ChartMark;
}

/**
 * Draws shapes, bars and labels over a chart. They are no series of uPlot, which cannot have several points at the same
 * x.
 */
export function drawMarks(plot: uPlot, marks: readonly ChartMark[]): void {
  const { ctx, bbox } = plot;
  const area = {
    left: bbox.left,
    top: bbox.top,
    right: bbox.left + bbox.width,
    bottom: bbox.top + bbox.height,
  };
  const placed = marks
    .map((mark) => ({
      mark,
      left: plot.valToPos(mark.x, "x", true),
      top: plot.valToPos(mark.y, "y", true),
    }))
    // Those of a line's end may stand on the border.
    .filter(({ left, top }) => isWithin(area, left, top, 1));
  ctx.save();
  for (const { mark, left, top } of placed) {
    if (mark.spread !== undefined) {
      const [low, high] = mark.spread.map((value) => plot.valToPos(value, "y", true));
      if (low !== undefined && high !== undefined)
        drawBar(ctx, mark.shape, { left, top: high, right: left, bottom: low });
    }
    if (mark.shape !== undefined) drawShape(ctx, mark.shape, { left, top });
  }
  drawLabels(ctx, placed, area);
  ctx.restore();
}

function isWithin({ left, top, right, bottom }: Box, x: number, y: number, margin: number): boolean {
  return x >= left - margin && x <= right + margin && y >= top - margin && y <= bottom + margin;
}

function colorOfShape(shape: MarkShape): string {
  return colorOf(`--series-${markShapes.indexOf(shape)}`);
}

/** From the lowest to the highest value of a mark. */
function drawBar(
  ctx: CanvasRenderingContext2D,
  shape: MarkShape = "circle",
  { left, top, bottom }: Box,
): void {
  const half = (SHAPE - 1) * devicePixelRatio;
  ctx.beginPath();
  for (const end of [top, bottom]) {
    ctx.moveTo(left - half, end);
    ctx.lineTo(left + half, end);
  }
  ctx.moveTo(left, top);
  ctx.lineTo(left, bottom);
  ctx.strokeStyle = colorOfShape(shape);
  ctx.lineWidth = 1.5 * devicePixelRatio;
  ctx.stroke();
}

function drawShape(ctx: CanvasRenderingContext2D, shape: MarkShape, { left, top }: Place): void {
  const half = SHAPE * devicePixelRatio;
  ctx.beginPath();
  outlineOf(ctx, shape, left, top, half);
  ctx.strokeStyle = colorOfShape(shape);
  ctx.lineWidth = 2 * devicePixelRatio;
  ctx.stroke();
}

function outlineOf(
  ctx: CanvasRenderingContext2D,
  shape: MarkShape,
  left: number,
  top: number,
  half: number,
): void {
  /** Through corners that are given in halves of the shape. */
  const through = (...corners: readonly (readonly [number, number])[]): void => {
    corners.forEach(([x, y], index) => {
      if (index === 0) ctx.moveTo(left + x * half, top + y * half);
      else ctx.lineTo(left + x * half, top + y * half);
    });
  };
  switch (shape) {
    case "circle":
      ctx.arc(left, top, half, 0, 2 * Math.PI);
      break;
    case "square":
      ctx.rect(left - half, top - half, 2 * half, 2 * half);
      break;
    case "triangle":
      through([0, -1.2], [1.2, 1], [-1.2, 1]);
      ctx.closePath();
      break;
    case "diamond":
      through([0, -1.4], [1.4, 0], [0, 1.4], [-1.4, 0]);
      ctx.closePath();
      break;
    case "cross":
      through([-1, -1], [1, 1]);
      through([-1, 1], [1, -1]);
      break;
    case "plus":
      through([-1.3, 0], [1.3, 0]);
      through([0, -1.3], [0, 1.3]);
      break;
  }
}

/**
 * Labels stand on the right of their points, those of shapes else on the left, so that none is on another or leaves the
 * chart.
 */
function drawLabels(ctx: CanvasRenderingContext2D, placed: readonly PlacedMark[], area: Box): void {
  ctx.font = `${devicePixelRatio * 12}px system-ui, sans-serif`;
  ctx.fillStyle = colorOf("--text");
  ctx.textBaseline = "bottom";
  // The axes leave it as they need it.
  ctx.textAlign = "left";
  const taken: Box[] = placed.flatMap(({ mark, left, top }) =>
    mark.shape === undefined ? [] : [around({ left, top })],
  );
  for (const { mark, left, top } of placed) {
    const { text, shape } = mark;
    const own = ctx.measureText(text).width;
    const gap = (shape === undefined ? 6 : 8) * devicePixelRatio;
    const sides =
      shape === undefined
        ? [left + gap]
        : [left + gap, left - gap - own].filter((side) => side >= area.left && side + own <= area.right);
    const width = Math.max(own, LABEL_WIDTH * devicePixelRatio);
    // Where it fits on neither side it leaves the chart on the right.
    const box = freeBox(sides.length === 0 ? [left + gap] : sides, { top, width }, taken, area);
    taken.push(box);
    ctx.fillText(text, box.left, box.bottom);
  }
}

/** The place of a shape, which no label covers. */
function around({ left, top }: Place): Box {
  const half = SHAPE * devicePixelRatio;
  return { left: left - half, top: top - half, right: left + half, bottom: top + half };
}

/** A label's box next to its point, or else the nearest one below or above it that touches no other. */
function freeBox(
  sides: readonly number[],
  { top, width }: { readonly top: number; readonly width: number },
  taken: readonly Box[],
  area: Box,
): Box {
  const height = LABEL_HEIGHT * devicePixelRatio;
  const boxAt = (left: number, offset: number): Box => {
    const bottom = top - 3 * devicePixelRatio + offset * height;
    return { left, top: bottom - height, right: left + width, bottom };
  };
  const offsets = Array.from({ length: MOST_PLACES }, (_, turn) =>
    turn % 2 === 0 ? -turn / 2 : (turn + 1) / 2,
  );
  const places = offsets.flatMap((offset) => sides.map((side) => boxAt(side, offset)));
  const isFree = (box: Box): boolean =>
    isWithin(area, area.left, box.bottom, height) && !taken.some((other) => touch(box, other));
  return places.find(isFree) ?? boxAt(sides[0] ?? area.left, 0);
}

function touch(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
