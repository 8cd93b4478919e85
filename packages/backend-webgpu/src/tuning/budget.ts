/** Time to try things in: nothing is begun that, going by the longest so far, would not fit. */
export class Budget {
  readonly #end: number;
  #longestMs = 0;

  /** Units: ms. */
  constructor(ms: number) {
    this.#end = performance.now() + ms;
  }

  /** Does the work if there is time for it; undefined if not. */
  async spend<Result>(work: () => Promise<Result>): Promise<{ readonly result: Result } | undefined> {
    const begin = performance.now();
    if (begin + this.#longestMs > this.#end) return undefined;
    const result = await work();
    this.#longestMs = Math.max(this.#longestMs, performance.now() - begin);
    return { result };
  }
}
