import { shownText } from "@nin/spec";
import type { PlannedRun, StudyEvent } from "@nin/study/node";
import type { TrainingEvent } from "@nin/training";
import cliProgress from "cli-progress";
import { count, duration, percent, plural } from "../terminal/format.js";
import { noteText, type Terminal } from "../terminal/terminal.js";
import { displayWidth } from "../terminal/text-width.js";
import type { RunProgress, StudyProgress } from "./progress.js";

/** Shows the progress of a study. */
export interface StudyDisplay {
  on(event: StudyEvent): void;
  onTraining(run: PlannedRun, event: TrainingEvent): void;
  /** Prints a line that stays. */
  note(line: string): void;
  /** Leaves the terminal as it was found. */
  close(): void;
}

/** What is shown where. */
interface Output extends Pick<Terminal, "isInteractive" | "note"> {
  /** Prints a line about what happened. */
  readonly say: (line: string) => void;
}

/** @param jobs - how many runs are in progress at once */
export function createStudyDisplay(progress: StudyProgress, jobs: number, output: Output): StudyDisplay {
  return output.isInteractive ? new BarDisplay(progress, jobs, output) : new LineDisplay(progress, output);
}

/** Between two lines about a run's steps. Units: milliseconds. */
const INTERVAL_MS = 60_000;

/** Plain lines, for a file or another program. */
class LineDisplay implements StudyDisplay {
  #writtenAt = performance.now();

  constructor(
    private readonly progress: StudyProgress,
    private readonly output: Output,
  ) {}

  on(event: StudyEvent): void {
    this.progress.on(event);
    if (event.kind === "opened") this.output.say(headLine(this.progress));
    if (event.kind === "begun") this.output.say(begunLine(this.progress, event));
    if (event.kind === "ended") this.output.say(endedLine(this.progress, event));
  }

  onTraining(run: PlannedRun, event: TrainingEvent): void {
    this.progress.onTraining(run, event);
    if (event.kind !== "progress" || performance.now() - this.#writtenAt < INTERVAL_MS) return;
    this.#writtenAt = performance.now();
    for (const running of this.progress.running) {
      const { label, phase, step, lastStep } = running;
      const speed = speedText(running);
      this.output.say(
        `${placeOf(running, this.progress)}, ${label}: ${phase}, step ${step} of ${lastStep}${speed === "" ? "" : `, ${speed}`}`,
      );
    }
    this.output.say(studyLine(this.progress));
  }

  note(line: string): void {
    this.output.note(line);
  }

  close(): void {}
}

/** A line for each run in progress and one for the study, redrawn on stderr, for a person. */
class BarDisplay implements StudyDisplay {
  readonly #bars = new cliProgress.MultiBar({
    hideCursor: true,
    clearOnComplete: true,
    // The library would end the process; the command saves checkpoints first.
    gracefulExit: false,
    linewrap: true,
    forceRedraw: true,
  });
  readonly #close = (): void => this.close();
  #isShown = false;

  constructor(
    private readonly progress: StudyProgress,
    private readonly jobs: number,
    private readonly output: Output,
  ) {}

  on(event: StudyEvent): void {
    this.progress.on(event);
    if (event.kind === "opened") this.#show();
    // At once: a run that begins and goes on before the next turn to draw would be seen only then.
    if (event.kind === "begun" && this.#isShown) this.#bars.update();
    if (event.kind === "ended") this.note(endedLine(this.progress, event));
  }

  onTraining(run: PlannedRun, event: TrainingEvent): void {
    this.progress.onTraining(run, event);
  }

  note(line: string): void {
    if (this.#isShown) {
      this.#bars.log(`${noteText(line)}\n`);
      this.#bars.update();
    } else this.output.note(line);
  }

  close(): void {
    process.off("exit", this.#close);
    if (this.#isShown) this.#bars.stop();
    this.#isShown = false;
  }

  #show(): void {
    this.output.say(headLine(this.progress));
    const columns = (): number => process.stderr.columns || 80;
    const lines = Array.from({ length: this.jobs }, (_, job) => (): string => {
      const running = this.progress.running[job];
      return running === undefined ? "" : runBar(running, columns());
    });
    const last = (): string => fitted(studyLine(this.progress), columns());
    for (const line of [...lines, last]) this.#bars.create(1, 0, {}, { format: line });
    this.#isShown = true;
    // A second Ctrl-C ends the process at once: the cursor must not stay hidden.
    process.prependOnceListener("exit", this.#close);
  }
}

/** Cells inside the brackets, and what a label has at least before they become fewer. */
const [CELLS, FEWEST_CELLS, SHORT_LABEL] = [16, 6, 28];

/**
 * `nin-mnist?mlpConvs=1, seed 2 [====    ] epoch 1, 420/1875, 410 images/s`. In a narrow terminal the bar gets shorter,
 * then the label loses its middle, so that the figures, and what distinguishes it, are seen.
 */
export function runBar(running: RunProgress, columns: number): string {
  const { label, phase, step, lastStep } = running;
  const figures = [phase, `${step}/${lastStep}`, speedText(running)].filter((part) => part !== "").join(", ");
  const room = columns - ROOM - ` [] ${figures}`.length;
  const most = Math.max(FEWEST_CELLS, Math.min(CELLS, room - Math.min(displayWidth(label), SHORT_LABEL)));
  const done = lastStep === 0 ? "" : "=".repeat(Math.floor((most * step) / lastStep));
  return fitted(`${shortened(label, Math.max(8, room - most))} [${done.padEnd(most)}] ${figures}`, columns);
}

/** A text without its middle where it is too wide. */
function shortened(text: string, most: number): string {
  if (displayWidth(text) <= most) return text;
  const characters = Array.from(text);
  const half = Math.floor((most - 1) / 2);
  return `${characters.slice(0, most - 1 - half).join("")}\u2026${characters.slice(-half).join("")}`;
}

/** `Study: 3 of 9 runs ended, 1h 20m left, best 90.12% (nin-mnist, seed 1)`. */
export function studyLine(progress: StudyProgress): string {
  const { endedCount, runCount, timeLeftMs, best } = progress;
  const parts = [`${endedCount} of ${plural(runCount, "run")} ended`];
  if (timeLeftMs !== undefined) parts.push(`about ${duration(timeLeftMs)} left`);
  if (best !== undefined) parts.push(`best ${percent(best.testAccuracy)} (${best.label})`);
  return `Study: ${parts.join(", ")}`;
}

/** `Study one-by-one: 9 runs, 2 of them ended before. How many ...?`. */
function headLine({ study, runCount, endedCount }: StudyProgress): string {
  const before = endedCount === 0 ? "" : `, ${count(endedCount)} of them ended before`;
  const question = study.question === undefined ? "" : `. ${shownText(study.question, 1000)}`;
  return `Study ${shownText(study.name)}: ${plural(runCount, "run")}${before}${question}`;
}

function begunLine(progress: StudyProgress, event: Extract<StudyEvent, { kind: "begun" }>): string {
  const again = event.attempts === 1 ? "begins" : `continues, attempt ${event.attempts}`;
  return `${placeOf({ number: event.index + 1 }, progress)}, ${progress.labelOf(event.run)}: ${again}`;
}

/** `Run 3 of 9, nin-mnist, seed 2: 90.12% test accuracy after 2 epochs, 5m 3s`. */
function endedLine(progress: StudyProgress, event: Extract<StudyEvent, { kind: "ended" }>): string {
  const { status, testAccuracy, epochs, elapsedMs, warnings, error } = event.result;
  const place = `${placeOf({ number: event.index + 1 }, progress)}, ${progress.labelOf(event.run)}`;
  if (status === "failed")
    return `${place}: failed: ${error === null ? "for no known reason" : error.message}`;
  if (status === "interrupted") return `${place}: stopped, to be continued`;
  const parts = [
    ...(testAccuracy === null ? [] : [`${percent(testAccuracy)} test accuracy`]),
    ...(epochs === null ? [] : [plural(epochs, "epoch")]),
    ...(elapsedMs === null ? [] : [duration(elapsedMs)]),
    ...(warnings.length === 0 ? [] : [`warnings: ${warnings.join(" ")}`]),
  ];
  return `${place}: ${parts.join(", ")}`;
}

function placeOf({ number }: Pick<RunProgress, "number">, { runCount }: StudyProgress): string {
  return `Run ${number} of ${runCount}`;
}

function speedText({ imagesPerSecond }: RunProgress): string {
  return imagesPerSecond === undefined ? "" : `${count(Math.round(imagesPerSecond))} images/s`;
}

/** For the ^C that a terminal writes. */
const ROOM = 3;

/** A line no wider than a terminal of so many columns. */
function fitted(line: string, columns: number): string {
  const most = columns - ROOM;
  if (displayWidth(line) <= most) return line;
  let cut = "";
  for (const character of line) {
    if (displayWidth(cut + character) > most - 1) break;
    cut += character;
  }
  return `${cut}\u2026`;
}
