import type { Recipe } from "@nin/spec";
import type { MetricsLine, TrainingEvent } from "@nin/training";
import type { Terminal } from "../../terminal/terminal.js";
import { BarDisplay } from "./bar-display.js";
import type { TrainingDisplay } from "./display.js";
import { LineDisplay } from "./line-display.js";
import { RunTime } from "./run-time.js";

/** A terminal, the lines of `metrics.jsonl` for another program, or what is shown with other trainings. */
interface Output extends Pick<Terminal, "isInteractive" | "print" | "note"> {
  readonly printJson?: (line: object) => void;
  readonly onTraining?: (event: TrainingEvent) => void;
}

/** What shows the progress of a training: a bar, lines, or JSON; with warnings, and how long it will take. */
export function createDisplay(
  recipe: Pick<Recipe, "batchSize" | "earlyStopping">,
  terminal: Output,
): TrainingDisplay {
  const { onTraining } = terminal;
  if (onTraining !== undefined) return { on: onTraining, note: () => {}, close: () => {} };
  const display = displayOn(recipe.batchSize, terminal);
  const runTime = new RunTime(recipe);
  return {
    on: (event) => {
      display.on(event);
      const line = runTime.lineAfter(event);
      if (line !== undefined) display.note(line);
    },
    note: (line) => display.note(line),
    close: () => display.close(),
  };
}

function displayOn(batchSize: number, terminal: Output): TrainingDisplay {
  const { printJson } = terminal;
  if (printJson !== undefined) return new JsonDisplay(printJson, (line) => terminal.note(line));
  return terminal.isInteractive
    ? new BarDisplay(batchSize)
    : new LineDisplay(batchSize, {
        print: (line) => terminal.print(line),
        note: (line) => terminal.note(line),
      });
}

/** The lines of `metrics.jsonl`, as they are written there; anything else to stderr. */
class JsonDisplay implements TrainingDisplay {
  constructor(
    private readonly print: (line: object) => void,
    readonly note: (line: string) => void,
  ) {}

  on(event: TrainingEvent): void {
    if (isMetricsLine(event)) this.print(event);
    if (event.kind === "warning") this.note(`Warning: ${event.detail}`);
  }

  close(): void {}
}

function isMetricsLine(event: TrainingEvent): event is MetricsLine {
  return event.kind === "step" || event.kind === "epoch" || event.kind === "warning";
}
