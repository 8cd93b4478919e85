/** What each canvas still has to draw: the newest of what it was given. */
const waiting = new Map<HTMLCanvasElement, () => void>();
let isScheduled = false;

/**
 * Draws in a task of its own, after what other canvases wait for: all pictures of a network at once are felt by who types
 * or scrolls.
 *
 * @returns a function that takes it back
 */
export function drawSoon(canvas: HTMLCanvasElement, draw: () => void): () => void {
  waiting.set(canvas, draw);
  schedule();
  return () => {
    if (waiting.get(canvas) === draw) waiting.delete(canvas);
  };
}

function schedule(): void {
  if (isScheduled) return;
  isScheduled = true;
  setTimeout(() => {
    isScheduled = false;
    const [first] = waiting;
    if (first === undefined) return;
    const [canvas, draw] = first;
    waiting.delete(canvas);
    if (waiting.size > 0) schedule();
    draw();
  });
}
