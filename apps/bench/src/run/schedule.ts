import type { BenchProgress } from "../cases/case-context";

interface Task {
  readonly weight: number;
  readonly work: (budgetMs: number) => Promise<void>;
}

/** Shares a run's time out among its tasks: what one leaves over, the later ones have. */
export class Schedule {
  readonly #begin = performance.now();
  readonly #tasks: Task[] = [];

  constructor(
    private readonly budgetMs: number,
    private readonly onProgress: (progress: BenchProgress) => void = () => {},
  ) {}

  add(weight: number, work: Task["work"]): void {
    this.#tasks.push({ weight, work });
  }

  report(section: string, doing: string): void {
    const done = Math.min(1, (performance.now() - this.#begin) / this.budgetMs);
    this.onProgress({ section, doing, done });
  }

  /** Runs the tasks in the order they were added, until the signal aborts. */
  async run(signal: AbortSignal): Promise<void> {
    let weightLeft = this.#tasks.reduce((sum, { weight }) => sum + weight, 0);
    for (const { weight, work } of this.#tasks) {
      if (signal.aborted) return;
      const timeLeft = Math.max(0, this.#begin + this.budgetMs - performance.now());
      await work((timeLeft * weight) / weightLeft);
      weightLeft -= weight;
    }
  }
}
