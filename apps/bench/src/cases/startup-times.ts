/** How long a contestant took until it was compiled, and then to answer the gate. Units: ms. */
export interface Opening {
  readonly startMs: number;
  readonly checkMs: number;
}

interface Seen extends Opening {
  readonly contestant: string;
  readonly work: number;
}

/** Remembers openings, so that a slow contestant does not take everyone's time again and again. */
export class Openings {
  readonly #seen: Seen[] = [];

  /** `work` is what the gate computes, in any unit. */
  record(contestant: string, work: number, opening: Opening): void {
    this.#seen.push({ contestant, work, ...opening });
  }

  /**
   * What opening will take at least, from the last network that was no larger: answering the gate grows with its work.
   * 0 where nothing is known. Units: ms.
   */
  expected(contestant: string, work: number): number {
    const known = this.#seen.findLast((seen) => seen.contestant === contestant && seen.work <= work);
    return known === undefined ? 0 : known.startMs + known.checkMs * (work / known.work);
  }
}
