/**
 * An implementation that behaves as its first argument says: `node fake-implementation.mjs BEHAVIOUR JOB`. The
 * working one is the float64 reference, with some time added to each step; each of the others does one thing wrong.
 */
import { loadBackend } from "@nin/registry";
import { BackendImplementation } from "../../dist/child/backend-implementation.js";
import { residentData } from "../../dist/child/training-data.js";
import { serve } from "../../dist/protocol/serve.js";
import { readJob } from "../../dist/workload/read-job.js";

const STEP_MS = 15;
const LEAKED_BYTES = 4 * 2 ** 20;

class Working extends BackendImplementation {
  constructor(job, load = loadBackend) {
    super("cpu", job, {
      loadBackend: () => load("reference"),
      openData: async ({ resident }) => (resident === undefined ? undefined : residentData(job, resident)),
      versions: { node: process.versions.node },
    });
    this.job_ = job;
  }

  async run(steps) {
    const result = await super.run(steps);
    await rest(steps * STEP_MS);
    return result;
  }
}

class Garbage extends Working {
  async check() {
    const answer = await super.check();
    return { ...answer, scores: answer.scores.map((score, index) => score + Math.sin(index)) };
  }
}

/** Right where it is checked; its timed steps only compute the loss. */
class ForwardOnly extends Working {
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
class LastLayerOnly extends Working {
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

/** Answers at once; its work goes on in the background, and its probe waits for it. */
class Early extends Working {
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

/** The same, and its probe makes its answer up. */
class EarlyAndSilent extends Working {
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

/** Trains only as many steps as the first probe looks at. */
class StopsTraining extends Working {
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

class Leaking extends Working {
  #kept = [];

  async run(steps) {
    for (let step = 0; step < steps; step += 1) this.#kept.push(Buffer.alloc(LEAKED_BYTES, 1));
    return super.run(steps);
  }
}

class Crashing extends Working {
  async run() {
    throw new Error("out of paper");
  }
}

/** Right in the correctness check; its timed predictions are of something else. */
class OtherScores extends Working {
  async run(steps) {
    const { scoresNorm } = await super.run(steps);
    return { scoresNorm: scoresNorm * 1.01 };
  }
}

/** Its backend mistakes the order of images that are bytes. */
class ReversedBytes extends Working {
  constructor(job) {
    super(job, async (id) => {
      const backend = await loadBackend(id);
      const compile = async (...given) => withReversedBytes(await backend.compile(...given));
      return { devices: () => backend.devices(), compile };
    });
  }
}

function withReversedBytes(model) {
  const predict = model.predict.bind(model);
  model.predict = (batch) =>
    predict("images" in batch ? { images: Uint8Array.from(batch.images).reverse() } : batch);
  return model;
}

const BEHAVIOURS = {
  working: Working,
  garbage: Garbage,
  "forward-only": ForwardOnly,
  "last-layer-only": LastLayerOnly,
  early: Early,
  "early-and-silent": EarlyAndSilent,
  "stops-training": StopsTraining,
  leaking: Leaking,
  crashing: Crashing,
  "other-scores": OtherScores,
  "reversed-bytes": ReversedBytes,
};

function rest(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const [behaviour, job] = process.argv.slice(2);
await serve(new BEHAVIOURS[behaviour](await readJob(job)));
