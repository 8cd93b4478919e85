import type { TargetedKeyboardEvent, TargetedPointerEvent } from "preact";
import { useEffect, useId, useLayoutEffect, useReducer, useRef, useState } from "preact/hooks";
import { drawn, emptyDrawing, keyAction, type Point, paintStrokes, SHEET } from "./drawing.js";

interface DrawingPadProps {
  /** Called after each change with the sheet: grey, 0 where nothing is drawn, shape [height, width]. */
  readonly onSheet: (sheet: {
    readonly pixels: Uint8Array;
    readonly height: number;
    readonly width: number;
  }) => void;
  /** Whether white paper and a black pen are what the data set looks like. */
  readonly isInkDark: boolean;
}

/** Arrow keys draw: a screen reader must leave them to the pad. */
const TAKES_KEYS = { role: "application" } as const;

/** A sheet to draw on, with mouse, finger, pen or keyboard. */
export function DrawingPad({ onSheet, isInkDark }: DrawingPadProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const isDrawing = useRef(false);
  const [drawing, dispatch] = useReducer(drawn, emptyDrawing);
  const [penWidth, setPenWidth] = useState(24);
  const [isFocused, setFocused] = useState(false);
  const id = useId();
  const { strokes, cursor, isPenDown } = drawing;

  useLayoutEffect(() => {
    const context = canvas.current?.getContext("2d", { willReadFrequently: true });
    if (context !== null && context !== undefined) paintStrokes(context, strokes);
  }, [strokes]);

  useEffect(() => {
    // At most once for each picture that the screen shows.
    const frame = requestAnimationFrame(() => {
      const context = canvas.current?.getContext("2d", { willReadFrequently: true });
      if (context === null || context === undefined) return;
      const { data } = context.getImageData(0, 0, SHEET, SHEET);
      const pixels = Uint8Array.from({ length: SHEET * SHEET }, (_, index) => data[4 * index + 3] ?? 0);
      onSheet({ pixels, height: SHEET, width: SHEET });
    });
    return () => cancelAnimationFrame(frame);
  }, [strokes]);

  const begin = (event: TargetedPointerEvent<HTMLCanvasElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    isDrawing.current = true;
    dispatch({ kind: "begin", point: pointOf(event, event.currentTarget), penWidth });
  };
  const extend = (event: TargetedPointerEvent<HTMLCanvasElement>): void => {
    if (!isDrawing.current) return;
    const { currentTarget } = event;
    const events = event.getCoalescedEvents?.() ?? [];
    const all = events.length > 0 ? events : [event];
    dispatch({ kind: "extend", points: all.map((each) => pointOf(each, currentTarget)) });
  };
  const end = (): void => {
    isDrawing.current = false;
  };
  const press = (event: TargetedKeyboardEvent<HTMLCanvasElement>): void => {
    const action = keyAction(event.key, penWidth, event.ctrlKey || event.metaKey);
    if (action === undefined) return;
    event.preventDefault();
    dispatch(action);
  };
  const share = (value: number): string => `${(100 * value) / SHEET}%`;
  return (
    <div class={isInkDark ? "drawing-pad drawing-dark-ink" : "drawing-pad"}>
      <div class="drawing-sheet">
        <canvas
          ref={canvas}
          width={SHEET}
          height={SHEET}
          {...TAKES_KEYS}
          aria-label="Drawing pad"
          aria-describedby={`${id}-keys`}
          tabIndex={0}
          onPointerDown={begin}
          onPointerMove={extend}
          onPointerUp={end}
          onPointerCancel={end}
          onKeyDown={press}
          onFocus={() => setFocused(true)}
          onBlur={() => {
            setFocused(false);
            dispatch({ kind: "lift" });
          }}
        />
        {isFocused && (
          <span
            class={isPenDown ? "drawing-cursor drawing-pen-down" : "drawing-cursor"}
            style={{
              left: share(cursor.x),
              top: share(cursor.y),
              width: share(penWidth),
              height: share(penWidth),
            }}
          />
        )}
        {strokes.length === 0 && <span class="drawing-invitation">Draw here</span>}
      </div>
      <div class="drawing-tools">
        <label>
          Pen{" "}
          <input
            type="range"
            min={8}
            max={64}
            step={4}
            value={penWidth}
            aria-valuetext={`${penWidth} of ${SHEET} pixels wide`}
            onInput={(event) => setPenWidth(Number(event.currentTarget.value))}
          />
        </label>
        <button
          type="button"
          class="input-button"
          aria-disabled={strokes.length === 0}
          onClick={() => dispatch({ kind: "undo" })}
        >
          Undo
        </button>
        <button
          type="button"
          class="input-button"
          aria-disabled={strokes.length === 0}
          onClick={() => dispatch({ kind: "clear" })}
        >
          Clear
        </button>
      </div>
      <p id={`${id}-keys`} class="input-hint">
        Keyboard: arrows move the pen, Space puts it down and lifts it, Backspace takes back, Delete clears.
      </p>
      <p class="visually-hidden" role="status">
        {isFocused &&
          `Pen ${isPenDown ? "down" : "up"}, ${Math.round((100 * cursor.x) / SHEET)}% from the left, ${Math.round((100 * cursor.y) / SHEET)}% from the top`}
      </p>
    </div>
  );
}

function pointOf(event: { readonly clientX: number; readonly clientY: number }, sheet: Element): Point {
  const { left, top, width, height } = sheet.getBoundingClientRect();
  return { x: ((event.clientX - left) * SHEET) / width, y: ((event.clientY - top) * SHEET) / height };
}
