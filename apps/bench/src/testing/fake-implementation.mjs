/**
 * A contestant that behaves as its first argument says: `node fake-implementation.mjs BEHAVIOUR JOB`. The honest
 * one is the float64 reference, with some time added to each step; the others are that with one lie.
 */
import { BackendCompetitor } from "../../dist/child/backend-implementation.js";
import { readJob } from "../../dist/workload/read-job.js";
import { serve } from "../../dist/protocol/serve.js";

const STEP_MS = 15;
const LEAKED_BYTES = 4 * 2 ** 20;

class Honest extends BackendCompetitor {
  constructor(job) {
    super("reference", "cpu", job);
    this.job_ = job;
  }

  async run(steps) {
    const result = await super.run(steps);
    await rest(steps * STEP_MS);
    return result;
  }
}

class Garbage extends Honest {
  async check() {
    const answer = await super.check();
    return { ...answer, scores: answer.scores.map((score, index) => score + Math.sin(index)) };
  }
}

/** Right where it is checked; what is timed only computes the loss. */
class ForwardOnly extends Honest {
  #steps = 0;

  async run(steps) {
    this.#steps += steps;
    await rest(steps * STEP_MS);
    return { losses: Array.from({ length: steps }, () => 2.3) };
  }

  async probe() {
    const updates = Object.fromEntries([...this.job_.parameters.keys()].map((name) => [name, 0]));
    return { steps: this.#steps, updates };
  }
}

/** Moves the last layer alone. */
class LastLayerOnly extends Honest {
  async probe() {
    const { steps, updates } = await super.probe();
    const names = Object.keys(updates);
    return {
      steps,
      updates: Object.fromEntries(
        names.map((name, index) => [name, index >= names.length - 2 ? updates[name] : 0]),
      ),
    };
  }
}

/** Answers at once; its work goes on behind, and its probe waits for it. */
class Early extends Honest {
  #work = Promise.resolve();

  async run(steps) {
    this.#work = this.#work.then(() => super.run(steps));
    return { losses: Array.from({ length: steps }, () => 2.3) };
  }

  async probe() {
    await this.#work;
    return super.probe();
  }
}

/** The same, and its probe tells what it would be. */
class EarlyAndSilent extends Honest {
  #steps = 0;

  async run(steps) {
    this.#steps += steps;
    await rest(STEP_MS);
    return { losses: Array.from({ length: steps }, () => 2.3) };
  }

  async probe() {
    const updates = Object.fromEntries(
      [...this.job_.parameters.keys()].map((name) => [name, 1 + this.#steps]),
    );
    return { steps: this.#steps, updates };
  }
}

/** Trains as long as it may be looked at. */
class SoonTired extends Honest {
  #steps = 0;

  async run(steps) {
    this.#steps += steps;
    if (this.#steps <= 2) return super.run(steps);
    await rest(steps * STEP_MS);
    return { losses: Array.from({ length: steps }, () => 2.3) };
  }

  async probe() {
    const { updates } = await super.probe();
    return { steps: this.#steps, updates };
  }
}

class Leaking extends Honest {
  #kept = [];

  async run(steps) {
    for (let step = 0; step < steps; step += 1) this.#kept.push(Buffer.alloc(LEAKED_BYTES, 1));
    return super.run(steps);
  }
}

class Crashing extends Honest {
  async run() {
    throw new Error("out of paper");
  }
}

/** Right in the gate; its timed predictions are of something else. */
class OtherScores extends Honest {
  async run(steps) {
    const { scoresNorm } = await super.run(steps);
    return { scoresNorm: scoresNorm * 1.01 };
  }
}

const BEHAVIOURS = {
  honest: Honest,
  garbage: Garbage,
  "forward-only": ForwardOnly,
  "last-layer-only": LastLayerOnly,
  early: Early,
  "early-and-silent": EarlyAndSilent,
  "soon-tired": SoonTired,
  leaking: Leaking,
  crashing: Crashing,
  "other-scores": OtherScores,
};

function rest(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const [behaviour, job] = process.argv.slice(2);
await serve(new BEHAVIOURS[behaviour](await readJob(job)));
