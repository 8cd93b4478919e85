import { type DropoutSite, stepMask } from "./dropout-masks.js";

/** A step's batch, as far as its masks depend on it. */
export interface MaskedStep {
  readonly step: number;
  readonly count: number;
  /** Images in a micro-batch. */
  readonly images: number;
}

export interface MaskRequest extends MaskedStep {
  readonly sites: readonly DropoutSite[];
  readonly seed: number;
}

/** A thread that draws masks in the order in which they are asked for. */
export interface MaskThread {
  draw(request: MaskRequest): Promise<StepMasks>;
  terminate(): Promise<void>;
}

/** The masks of a step, one a site. */
export type StepMasks = readonly Uint8Array[];

export function drawMasks({ sites, seed, step, count, images }: MaskRequest): StepMasks {
  return sites.map((site) => stepMask(site, seed, step, count, images));
}

/**
 * The dropout masks of a training: drawn when they are asked for, or ahead of that by threads of their
 * own, where a device computes meanwhile.
 */
export class MaskSource {
  #ahead = new Map<string, Promise<StepMasks>>();

  constructor(
    private readonly sites: readonly DropoutSite[],
    private readonly seed: number,
    private readonly threads: readonly MaskThread[] = [],
  ) {}

  /** Has threads begin with the masks of steps to come. What else was drawn ahead is forgotten. */
  drawAhead(steps: readonly MaskedStep[]): void {
    if (this.threads.length === 0) return;
    this.#ahead = new Map(
      steps.map((step) => [keyOf(step), this.#ahead.get(keyOf(step)) ?? this.#draw(step)]),
    );
    // Only who takes them is told of a failure, and a training that ends takes no more.
    for (const masks of this.#ahead.values()) masks.catch(() => {});
  }

  async take(step: MaskedStep): Promise<StepMasks> {
    const key = keyOf(step);
    const masks = this.#ahead.get(key) ?? this.#draw(step);
    this.#ahead.delete(key);
    return masks;
  }

  async #draw(step: MaskedStep): Promise<StepMasks> {
    const request = { sites: this.sites, seed: this.seed, ...step };
    const thread = this.threads[step.step % this.threads.length];
    return thread === undefined ? drawMasks(request) : thread.draw(request);
  }
}

function keyOf({ step, count, images }: MaskedStep): string {
  return `${step} ${count} ${images}`;
}
