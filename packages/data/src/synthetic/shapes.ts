/**
 * The signed distance of a point from a shape, negative inside, in units of the shape's radius. The shape is centred on
 * the origin with a radius of about 1; `stroke` is half the width of a line.
 */
export type ShapeDistance = (x: number, y: number, stroke: number) => number;

const box = (x: number, y: number, halfWidth: number, halfHeight: number): number =>
  Math.max(Math.abs(x) - halfWidth, Math.abs(y) - halfHeight);

const disc: ShapeDistance = (x, y) => Math.sqrt(x * x + y * y) - 0.9;

const square: ShapeDistance = (x, y) => box(x, y, 0.8, 0.8);

const triangle: ShapeDistance = (x, y) => Math.max(y - 0.7, 0.87 * Math.abs(x) - 0.5 * y - 0.5);

const plus: ShapeDistance = (x, y, stroke) => Math.min(box(x, y, 0.95, stroke), box(x, y, stroke, 0.95));

/** The outline of a shape. */
const outline =
  (shape: ShapeDistance): ShapeDistance =>
  (x, y, stroke) =>
    Math.abs(shape(x, y, stroke)) - stroke;

/** Three bars inside a square, side by side along x. */
const bars: ShapeDistance = (x, y, stroke) => {
  const nearest = Math.max(-1, Math.min(1, Math.round(x / 0.7))) * 0.7;
  return box(x - nearest, y, stroke, 0.9);
};

const checkerboard: ShapeDistance = (x, y) => {
  const dark = (Math.floor(x / 0.45) + Math.floor(y / 0.45)) % 2 === 0;
  return Math.max(box(x, y, 0.9, 0.9), dark ? -0.1 : 0.1);
};

/** The classes, in the order of their labels. */
export const shapes: readonly { readonly name: string; readonly distance: ShapeDistance }[] = [
  { name: "disc", distance: disc },
  { name: "ring", distance: outline(disc) },
  { name: "square", distance: square },
  { name: "frame", distance: outline(square) },
  { name: "triangle", distance: triangle },
  { name: "hollow triangle", distance: outline(triangle) },
  { name: "plus", distance: plus },
  { name: "vertical bars", distance: bars },
  { name: "horizontal bars", distance: (x, y, stroke) => bars(y, x, stroke) },
  { name: "checkerboard", distance: checkerboard },
];
