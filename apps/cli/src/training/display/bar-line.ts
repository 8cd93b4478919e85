/** What a progress bar says. */
export interface BarContent {
  /** `Epoch 2/10`, `Testing 40%`. */
  readonly phase: string;
  readonly step: number;
  readonly lastStep: number;
  readonly imagesPerSecond: string;
  readonly loss: string;
  readonly accuracy: string;
  readonly left: string;
}

/** Cells inside the brackets. */
const LONGEST = 40;
const SHORTEST = 8;

/**
 * `Epoch 1/2 [====    ] 120/469  260 images/s  loss 0.5123  accuracy 83.21%  1m 20s left`, with room
 * for the ^C that a terminal of so many columns writes behind it. As that gets narrower the bar gets
 * shorter; then a word does, then the steps go, then the bar.
 */
export function barLine(content: BarContent, columns: number): string {
  const { phase, step, lastStep, imagesPerSecond, loss, accuracy, left } = content;
  const steps = `${step}/${lastStep}`;
  const speed = `${imagesPerSecond} images/s`;
  const [scores, shortScores] = [`loss ${loss}  accuracy ${accuracy}`, `loss ${loss}  acc ${accuracy}`];
  const width = columns - 3;
  for (const figures of [
    [steps, speed, scores, `${left} left`],
    [steps, speed, shortScores, `${left} left`],
    [speed, shortScores, `${left} left`],
  ]) {
    const text = figures.join("  ");
    const room = width - `${phase} [] ${text}`.length;
    if (room >= SHORTEST) return `${phase} [${cells(content, Math.min(room, LONGEST))}] ${text}`;
  }
  return `${phase} ${steps}  ${speed}  ${shortScores}  ${left} left`.slice(0, width);
}

function cells({ step, lastStep }: BarContent, length: number): string {
  return "=".repeat(Math.floor(length * Math.min(1, step / lastStep))).padEnd(length);
}
