import { describe, expect, it } from "vitest";
import { cameraProblem } from "./camera.js";
import { type Drawing, type DrawingAction, drawn, emptyDrawing, keyAction, paintStrokes } from "./drawing.js";

function after(...actions: readonly DrawingAction[]): Drawing {
  return actions.reduce(drawn, emptyDrawing);
}

function pressed(...keys: readonly string[]): Drawing {
  return after(...keys.flatMap((key) => keyAction(key, 24, false) ?? []));
}

describe("drawing", () => {
  it("with a pointer makes one stroke", () => {
    const { strokes, cursor } = after(
      { kind: "begin", point: { x: 1, y: 2 }, penWidth: 8 },
      {
        kind: "extend",
        points: [
          { x: 3, y: 4 },
          { x: 5, y: 6 },
        ],
      },
    );
    expect(strokes).toEqual([
      {
        penWidth: 8,
        points: [
          { x: 1, y: 2 },
          { x: 3, y: 4 },
          { x: 5, y: 6 },
        ],
      },
    ]);
    expect(cursor).toEqual({ x: 5, y: 6 });
  });

  it("with keys moves the pen, and draws while it is down", () => {
    const drawing = pressed("ArrowRight", " ", "ArrowRight", "ArrowDown", "Enter", "ArrowLeft");
    const points = [
      { x: 150, y: 140 },
      { x: 160, y: 140 },
      { x: 160, y: 150 },
    ];
    expect(drawing.strokes).toEqual([{ penWidth: 24, points }]);
    expect(drawing).toMatchObject({ isPenDown: false, cursor: { x: 150, y: 150 } });
  });

  it("stays on the sheet", () => {
    expect(pressed(...new Array<string>(40).fill("ArrowUp")).cursor).toEqual({ x: 140, y: 0 });
  });

  it("takes back, lifts and clears", () => {
    expect(pressed(" ", "ArrowUp", " ", "ArrowUp", " ", "Backspace").strokes).toHaveLength(1);
    expect(pressed(" ", "Escape", "ArrowUp").strokes).toEqual([
      { penWidth: 24, points: [{ x: 140, y: 140 }] },
    ]);
    expect(pressed(" ", "ArrowUp", "Delete")).toBe(emptyDrawing);
    expect(keyAction("z", 24, true)).toEqual({ kind: "undo" });
  });

  it("leaves other keys alone", () => {
    expect(["Tab", "a", "F5"].map((key) => keyAction(key, 24, false))).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(keyAction("ArrowUp", 24, true)).toBeUndefined();
  });
});

it("paintStrokes draws dots and lines", () => {
  const calls: string[] = [];
  const record =
    (name: string) =>
    (...values: readonly unknown[]) =>
      void calls.push(`${name} ${values.join()}`.trim());
  const pen = {
    ...({ lineCap: "butt", lineJoin: "miter", lineWidth: 1, strokeStyle: "" } as const),
    beginPath: record("begin"),
    moveTo: record("move"),
    lineTo: record("line"),
    stroke: record("stroke"),
    clearRect: record("clear"),
  };
  paintStrokes(pen, [
    { penWidth: 8, points: [{ x: 1, y: 2 }] },
    {
      penWidth: 9,
      points: [
        { x: 3, y: 4 },
        { x: 5, y: 6 },
      ],
    },
  ]);
  const dot = ["begin", "move 1,2", "line 1,2", "stroke"];
  expect(calls).toEqual(["clear 0,0,280,280", ...dot, "begin", "move 3,4", "line 5,6", "stroke"]);
  expect(pen.lineWidth).toBe(9);
});

it.each([
  ["NotAllowedError", "The camera was not allowed: permit it for this page in the browser, then try again."],
  ["NotFoundError", "No camera was found on this machine."],
  ["NotReadableError", "The camera could not be opened: another program may be using it."],
  ["Error", "The camera could not be opened: why"],
])("cameraProblem of %s", (name, message) => {
  expect(cameraProblem(Object.assign(new Error("why"), { name }))).toBe(message);
});
