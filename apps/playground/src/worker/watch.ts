import { evaluateModel } from "@nin/training";
import type { Look, LookRequest } from "../contract/protocol.js";
import type { CurrentRun } from "./current-run.js";
import type { Emit } from "./events.js";
import { lookInside } from "./look.js";

/** The accuracy between evaluations: of so many images, not more often than this, in this share of the time. */
const PROBE = { images: 500, everyMs: 1500, share: 0.1 };
/** Looking inside takes at most this share of the time, and is not done more often than a person sees. */
const LOOK = { share: 0.15, everyMs: 600 };

/** Looks inside the network and tries it, between the steps of its training. */
export class Watch {
  #request: LookRequest | undefined;
  #isLooking = false;
  #nextLookAt = 0;
  #isProbing = false;
  #nextProbeAt = 0;

  /** @param current - the run that is there now */
  constructor(
    private readonly current: () => CurrentRun | undefined,
    private readonly emit: Emit,
  ) {}

  /** From now on this is looked at; nothing with undefined. */
  set(request: LookRequest | undefined): void {
    this.#request = request;
    this.lookSoon();
  }

  async look(request: LookRequest): Promise<Look | undefined> {
    const run = this.current();
    if (run === undefined || run.isModelGone) return undefined;
    return lookInside(run.model, run.config.architecture, request, () => run.step);
  }

  lookSoon(): void {
    this.#nextLookAt = 0;
    void this.lookIfDue();
  }

  /** The first steps compile and choose kernels: they are not disturbed. */
  holdProbes(): void {
    this.#nextProbeAt = performance.now() + 2 * PROBE.everyMs;
  }

  async lookIfDue(): Promise<void> {
    const [run, request] = [this.current(), this.#request];
    if (run === undefined || request === undefined || this.#isLooking || run.isModelGone) return;
    if (run.phase === "preparing" || performance.now() < this.#nextLookAt) return;
    const began = performance.now();
    this.#isLooking = true;
    try {
      const look = await this.look(request);
      // Another run may be there by now.
      if (look !== undefined && run === this.current()) this.emit({ kind: "look", look });
    } catch (error) {
      // A device that was lost, a model that was disposed: training says so where it trains.
      if (run === this.current() && run.phase !== "training" && !run.isModelGone)
        this.emit({ kind: "problem", message: error instanceof Error ? error.message : String(error) });
    } finally {
      this.#isLooking = false;
      this.#nextLookAt = nextAt(began, LOOK);
    }
    if (request !== this.#request) this.lookSoon();
  }

  async probeIfDue(run: CurrentRun): Promise<void> {
    if (this.#isProbing || performance.now() < this.#nextProbeAt) return;
    const began = performance.now();
    this.#isProbing = true;
    try {
      const { step } = run;
      const { accuracy } = await evaluateModel(run.model, run.data.pair.test, { limit: PROBE.images });
      if (run === this.current()) run.addProbe({ step, accuracy });
    } catch {
      // The device is gone, or the model: training says so.
    } finally {
      this.#isProbing = false;
      this.#nextProbeAt = nextAt(began, PROBE);
    }
  }
}

/** When something that has just ended may be done again. */
function nextAt(
  began: number,
  { everyMs, share }: { readonly everyMs: number; readonly share: number },
): number {
  const now = performance.now();
  return now + Math.max(everyMs, (now - began) / share);
}
