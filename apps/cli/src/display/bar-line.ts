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
const SHORTEST = 6;

/**
 * `Epoch 1/2 [====    ] 120/469  260 images/s  loss 0.5123  accuracy 83.21%  1m 20s left`, in less
 * than `columns` characters: with fewer, the bar gets shorter, then words do, then the bar goes.
 */
export function barLine(content: BarContent, columns: number): string {
  // Room for the ^C that a terminal writes behind it.
  const width = columns - 3;
  for (const figures of [figuresOf(content, "accuracy"), figuresOf(content, "acc")]) {
    const room = width - `${content.phase} [] ${figures}`.length;
    if (room >= SHORTEST) {
      return `${content.phase} [${cells(content, Math.min(room, LONGEST))}] ${figures}`;
    }
  }
  return `${content.phase} ${figuresOf(content, "acc")}`.slice(0, width);
}

function figuresOf(content: BarContent, accuracyWord: string): string {
  const { step, lastStep, imagesPerSecond, loss, accuracy, left } = content;
  return [
    `${step}/${lastStep}`,
    `${imagesPerSecond} images/s`,
    `loss ${loss}`,
    `${accuracyWord} ${accuracy}`,
    `${left} left`,
  ].join("  ");
}

function cells({ step, lastStep }: BarContent, length: number): string {
  return "=".repeat(Math.floor(length * Math.min(1, step / lastStep))).padEnd(length);
}
