import { at } from "@nin/spec";
import { type DropoutSite, stepMask } from "./dropout-masks.js";

/** What the masks of a step depend on. */
export interface MaskedStep {
  readonly step: number;
  readonly count: number;
  /** The number of images in a micro-batch. */
  readonly images: number;
}

export interface MaskRequest extends MaskedStep {
  readonly sites: readonly DropoutSite[];
  readonly seed: number;
}

/** A thread that samples masks, one request after another. */
export interface MaskThread {
  sample(request: MaskRequest): Promise<StepMasks>;
  terminate(): Promise<void>;
}

/** The masks of a step, one for each dropout layer. */
export type StepMasks = readonly Uint8Array[];

export function sampleMasks({ sites, seed, step, count, images }: MaskRequest): StepMasks {
  return sites.map((site) => stepMask(site, seed, step, count, images));
}

/**
 * The dropout masks of a training session. They are sampled when they are needed, or ahead of that in separate threads
 * while a device computes.
 */
export class MaskSource {
  #ahead = new Map<string, Promise<StepMasks>>();

  constructor(
    private readonly sites: readonly DropoutSite[],
    private readonly seed: number,
    private readonly threads: readonly MaskThread[] = [],
  ) {}

  /** Lets the threads start sampling the masks of later steps. Other masks that were sampled ahead are discarded. */
  sampleAhead(steps: readonly MaskedStep[]): void {
    if (this.threads.length === 0) return;
    this.#ahead = new Map(
      steps.map((step) => [keyOf(step), this.#ahead.get(keyOf(step)) ?? this.#sample(step)]),
    );
    // A failure is reported where the masks are taken; a session that ends takes no more.
    for (const masks of this.#ahead.values()) masks.catch(() => {});
  }

  async take(step: MaskedStep): Promise<StepMasks> {
    const key = keyOf(step);
    const masks = this.#ahead.get(key) ?? this.#sample(step);
    this.#ahead.delete(key);
    return masks;
  }

  async #sample(step: MaskedStep): Promise<StepMasks> {
    const request = { sites: this.sites, seed: this.seed, ...step };
    if (this.threads.length === 0) return sampleMasks(request);
    return at(this.threads, step.step % this.threads.length).sample(request);
  }
}

function keyOf({ step, count, images }: MaskedStep): string {
  return `${step} ${count} ${images}`;
}
