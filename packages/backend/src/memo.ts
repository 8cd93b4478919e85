/**
 * Results of asynchronous work by key: made once, however many ask at the same time, and again after a
 * failure. Everyone who asked is given a failure; it is not kept, and it is never an unhandled rejection, as
 * whoever asked may fail for another reason before waiting for it.
 */
export class Memo<Key, Result> {
  readonly #made = new Map<Key, Promise<Result>>();

  /** The result of `key`, which `make` makes when there is none. Rejects with what `make` throws. */
  get(key: Key, make: () => Promise<Result> | Result): Promise<Result> {
    const known = this.#made.get(key);
    if (known !== undefined) return known;
    const made = new Promise<Result>((resolve) => resolve(make()));
    this.#made.set(key, made);
    made.catch(() => this.#forget(key, made));
    return made;
  }

  keys(): readonly Key[] {
    return [...this.#made.keys()];
  }

  /**
   * Forgets the result of `key`, which is made again when it is next asked for, and gives it once it is there:
   * `undefined` when there is none, or it failed.
   */
  async take(key: Key): Promise<Result | undefined> {
    const made = this.#made.get(key);
    this.#made.delete(key);
    return made?.catch(() => undefined);
  }

  /** Forgets the result of `key` if it is this one, and not made anew meanwhile. */
  async forget(key: Key, result: Result): Promise<void> {
    const made = this.#made.get(key);
    if (made !== undefined && (await made.catch(() => undefined)) === result) this.#forget(key, made);
  }

  /** Every result there is, once those that are being made are there; of failures none. */
  async results(): Promise<readonly Result[]> {
    const settled = await Promise.allSettled(this.#made.values());
    return settled.flatMap((made) => (made.status === "fulfilled" ? [made.value] : []));
  }

  #forget(key: Key, made: Promise<Result>): void {
    if (this.#made.get(key) === made) this.#made.delete(key);
  }
}
