import type { Model } from "@nin/backend";
import type { Tensor } from "@nin/spec";
import { l2Norm } from "../workload/norms";
import type { ProbeAnswer } from "../protocol/messages.js";
import type { StepsResult } from "../protocol/serve.js";
import type { Work } from "./backend-implementation";

/** Predictions of the job's batch; each is waited for, as whoever asked for it would. */
export class ForwardWork implements Work {
  constructor(
    private readonly model: Model,
    private readonly input: Tensor,
  ) {}

  async run(steps: number): Promise<StepsResult> {
    let norm = Number.NaN;
    for (let step = 0; step < steps; step += 1) {
      norm = l2Norm((await this.model.predict({ input: this.input })).data);
    }
    return { scoresNorm: norm };
  }

  async probe(): Promise<ProbeAnswer> {
    return { steps: 0, updates: {} };
  }

  async close(): Promise<void> {}
}
