import type { Lease } from "./job-leases.js";
import type { StudyQueue } from "./study-queue.js";

/** A job that this process holds: gives signs of life until it is released, and says when another has taken the job. */
export class HeldLease {
  readonly #lost = new AbortController();
  readonly #released = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #isAsking = false;

  constructor(
    private readonly queue: StudyQueue,
    private readonly lease: Lease,
  ) {
    // Twice may go wrong before the job is another's.
    this.#timer = setInterval(() => this.#touch(), (1000 * lease.heartbeatSeconds) / 3);
  }

  /** Aborts when the job is no longer this attempt's. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Ends the signs of life. */
  release(): void {
    clearInterval(this.#timer);
    this.#released.abort();
  }

  #touch(): void {
    if (this.#isAsking) return;
    this.#isAsking = true;
    const { queue, lease } = this;
    queue
      .persistently(() => queue.leases.touch(lease), this.#released.signal)
      .then((isOurs) => {
        if (!isOurs && !this.#released.signal.aborted)
          this.#lost.abort(new DOMException("lost", "AbortError"));
      })
      // Released, or an error of the database that the next statement meets as well.
      .catch(() => {})
      .finally(() => {
        this.#isAsking = false;
      });
  }
}
