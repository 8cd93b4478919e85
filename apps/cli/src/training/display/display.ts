import type { TrainingEvent } from "@nin/training";

/** Shows a training while it runs. */
export interface TrainingDisplay {
  on(event: TrainingEvent): void;
  /** A line that stays, beside whatever is drawn. */
  note(line: string): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}
