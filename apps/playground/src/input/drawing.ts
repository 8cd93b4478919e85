/** A point of the sheet. Units: pixels of the sheet. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A line that was drawn without lifting the pen. */
export interface Stroke {
  /** Units: pixels of the sheet. */
  readonly penWidth: number;
  readonly points: readonly Point[];
}

/** What is on the sheet, and where the keyboard's pen is. */
export interface Drawing {
  readonly strokes: readonly Stroke[];
  readonly cursor: Point;
  /** Whether the keyboard's pen draws when it moves. */
  readonly isPenDown: boolean;
}

/** Height and width of the sheet. Units: pixels. */
export const SHEET = 280;

/** How far a key moves the pen. Units: pixels of the sheet. */
const KEY_STEP = 10;

export const emptyDrawing: Drawing = {
  strokes: [],
  cursor: { x: SHEET / 2, y: SHEET / 2 },
  isPenDown: false,
};

/** What happens to a drawing. */
export type DrawingAction =
  | { readonly kind: "begin"; readonly point: Point; readonly penWidth: number }
  | { readonly kind: "extend"; readonly points: readonly Point[] }
  | { readonly kind: "undo" }
  | { readonly kind: "clear" }
  | { readonly kind: "lift" }
  | { readonly kind: "pen"; readonly penWidth: number }
  | { readonly kind: "move"; readonly dx: number; readonly dy: number };

/** The drawing after an action. */
export function drawn(drawing: Drawing, action: DrawingAction): Drawing {
  const { strokes, cursor, isPenDown } = drawing;
  switch (action.kind) {
    case "begin":
      return {
        strokes: [...strokes, { penWidth: action.penWidth, points: [action.point] }],
        cursor: action.point,
        isPenDown: false,
      };
    case "extend": {
      const last = action.points.at(-1);
      return last === undefined
        ? drawing
        : { ...drawing, strokes: extended(strokes, action.points), cursor: last };
    }
    case "undo":
      return { ...drawing, strokes: strokes.slice(0, -1), isPenDown: false };
    case "clear":
      return emptyDrawing;
    case "lift":
      return isPenDown ? { ...drawing, isPenDown: false } : drawing;
    case "pen":
      return isPenDown
        ? { ...drawing, isPenDown: false }
        : {
            ...drawing,
            strokes: [...strokes, { penWidth: action.penWidth, points: [cursor] }],
            isPenDown: true,
          };
    case "move": {
      const next = {
        x: onSheet(cursor.x + KEY_STEP * action.dx),
        y: onSheet(cursor.y + KEY_STEP * action.dy),
      };
      return { ...drawing, cursor: next, strokes: isPenDown ? extended(strokes, [next]) : strokes };
    }
  }
}

/** What a key does in the drawing; undefined where it does nothing. */
export function keyAction(key: string, penWidth: number, isControl: boolean): DrawingAction | undefined {
  if (isControl) return key.toLowerCase() === "z" ? { kind: "undo" } : undefined;
  switch (key) {
    case "ArrowLeft":
      return { kind: "move", dx: -1, dy: 0 };
    case "ArrowRight":
      return { kind: "move", dx: 1, dy: 0 };
    case "ArrowUp":
      return { kind: "move", dx: 0, dy: -1 };
    case "ArrowDown":
      return { kind: "move", dx: 0, dy: 1 };
    case " ":
    case "Enter":
      return { kind: "pen", penWidth };
    case "Escape":
      return { kind: "lift" };
    case "Backspace":
      return { kind: "undo" };
    case "Delete":
      return { kind: "clear" };
    default:
      return undefined;
  }
}

/** What of a canvas's context drawing needs. */
type Pen = Pick<
  CanvasRenderingContext2D,
  | "beginPath"
  | "moveTo"
  | "lineTo"
  | "stroke"
  | "clearRect"
  | "lineCap"
  | "lineJoin"
  | "lineWidth"
  | "strokeStyle"
>;

/** Draws all strokes onto an empty sheet, white on nothing. */
export function paintStrokes(pen: Pen, strokes: readonly Stroke[]): void {
  pen.clearRect(0, 0, SHEET, SHEET);
  pen.lineCap = "round";
  pen.lineJoin = "round";
  pen.strokeStyle = "#fff";
  for (const { points, penWidth } of strokes) {
    pen.lineWidth = penWidth;
    pen.beginPath();
    points.forEach(({ x, y }, index) => {
      if (index === 0) pen.moveTo(x, y);
      // A line to where it begins is a dot.
      if (index > 0 || points.length === 1) pen.lineTo(x, y);
    });
    pen.stroke();
  }
}

/** The last stroke with more points; without a stroke nothing. */
function extended(strokes: readonly Stroke[], points: readonly Point[]): readonly Stroke[] {
  const last = strokes.at(-1);
  if (last === undefined) return strokes;
  return [...strokes.slice(0, -1), { ...last, points: [...last.points, ...points] }];
}

function onSheet(value: number): number {
  return Math.max(0, Math.min(SHEET, value));
}
