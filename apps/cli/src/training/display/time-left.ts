/** How much a new rate counts against those before it. */
const WEIGHT = 0.2;

/** Estimates how long the rest of a training takes, evaluations aside. */
export class TimeLeft {
  #imagesPerSecond: number | undefined;

  constructor(private readonly batchSize: number) {}

  /** Units: images a second over the last steps; gives milliseconds for the steps left. */
  estimate(imagesPerSecond: number, stepsLeft: number): number {
    const before = this.#imagesPerSecond ?? imagesPerSecond;
    this.#imagesPerSecond = before + WEIGHT * (imagesPerSecond - before);
    if (this.#imagesPerSecond <= 0) return 0;
    return (1000 * stepsLeft * this.batchSize) / this.#imagesPerSecond;
  }
}
