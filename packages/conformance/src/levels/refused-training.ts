import type { Dataset, Model, TrainingSession, TrainingState } from "@nin/backend";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { checkCount, checkEqual, checkRefused } from "../check/check.js";
import { checkSameState } from "../check/tensors.js";
import { ADAMW, SGD, smallBatch, smallImages, smallModel } from "../networks/small.js";
import { type Refusal, refusalCases } from "./refused-calls.js";

const CODE = "NIN_BATCH";
const RATE = { learningRate: 0.1 };
const five = smallBatch(5);
const image = new Uint8Array(16);
const dataset: Dataset = { images: new Uint8Array(48), labels: Uint8Array.of(0, 1, 2) };

/** Batches that a session with a data set of three images must refuse. */
const BATCHES: readonly Refusal<TrainingSession>[] = [
  {
    name: "too-many-images",
    what: "a step on more images than the model is compiled for",
    code: CODE,
    call: (session) => session.step(five, RATE),
  },
  {
    name: "label-too-large",
    what: "a step on a label that is not less than the number of classes",
    code: CODE,
    call: (session) => session.step({ images: image, labels: Uint8Array.of(3) }, RATE),
  },
  {
    name: "no-index",
    what: "a step on no indices",
    code: CODE,
    call: (session) => session.step({ indices: new Uint32Array(0) }, RATE),
  },
  {
    name: "too-many-indices",
    what: "a step on more indices than the model is compiled for",
    code: CODE,
    call: (session) => session.step({ indices: new Uint32Array(5) }, RATE),
  },
  {
    name: "index-too-large",
    what: "a step on an index beyond the data set",
    code: CODE,
    call: (session) => session.step({ indices: Uint32Array.of(0, 3) }, RATE),
  },
  {
    name: "evaluation-label-too-many",
    what: "an evaluation with more labels than images",
    code: CODE,
    call: (session) => session.evaluate({ images: image, labels: Uint8Array.of(0, 1) }),
  },
];

/** Training states that a session of AdamW must refuse, all of each. */
const STATES: readonly (readonly [
  name: string,
  what: string,
  wrong: (state: TrainingState) => TrainingState,
])[] = [
  ["state-without-moments", "a state without moments", (state) => ({ ...state, optimizer: new Map() })],
  [
    "state-without-a-moment",
    "a state that lacks one of the moments",
    (state) => ({ ...state, optimizer: new Map([...state.optimizer].slice(1)) }),
  ],
  [
    "state-without-parameters",
    "a state without parameters",
    (state) => ({ ...state, parameters: new Map() }),
  ],
  ["state-of-negative-step", "a state whose step is negative", (state) => ({ ...state, step: -1 })],
  ["state-of-half-a-step", "a state whose step is not a whole number", (state) => ({ ...state, step: 1.5 })],
];

/** What training refuses: sessions refuse batches and states, models refuse sessions. */
export function sessionErrors(): readonly ConformanceCase[] {
  const states = STATES.map(
    ([name, what, wrong]): Refusal<TrainingSession> => ({
      name,
      what,
      code: "NIN_PARAMETER",
      call: async (session) => {
        const { step, parameters, optimizer } = await session.readState();
        const sevens = [...parameters].map(
          ([key, { shape, data }]) => [key, { shape, data: data.map(() => 7) }] as const,
        );
        return session.writeState(wrong({ step, parameters: new Map(sevens), optimizer }));
      },
    }),
  );
  return [...refusalCases("session", [...BATCHES, ...states], openSession), ...TRAINING.map(trainingCase)];
}

async function openSession(
  context: CaseContext,
): Promise<{ readonly subject: TrainingSession; checkUsable(): Promise<void> }> {
  const model = await smallModel(context, { imageFormat: smallImages, maxBatch: 4 });
  const subject = await model.train({ optimizer: ADAMW, seed: 0, dataset });
  await subject.step(smallBatch(4), RATE);
  await subject.metrics();
  const before = await subject.readState();
  return {
    subject,
    checkUsable: async () => {
      checkSameState(await subject.readState(), before, "state after the refusal");
      const { losses, evaluation } = await subject.metrics();
      checkEqual([losses.length, evaluation.count], [0, 0], "losses and evaluated images after the refusal");
      await subject.step(smallBatch(4), RATE);
      checkCount((await subject.metrics()).losses, 1, "losses of a step after the refusal");
    },
  };
}

interface TrainingRefusal extends Refusal<Model> {
  /** Whether the model is compiled with an image format; true by default. */
  readonly hasFormat?: boolean;
}

const training = { optimizer: SGD, seed: 0 };

/** What `train` must refuse. */
const TRAINING: readonly TrainingRefusal[] = [
  {
    name: "dataset-label-too-large",
    what: "a data set with a label that is not less than the number of classes",
    code: CODE,
    call: (model) => model.train({ ...training, dataset: { images: image, labels: Uint8Array.of(3) } }),
  },
  {
    name: "dataset-label-too-many",
    what: "a data set with more labels than images",
    code: CODE,
    call: (model) => model.train({ ...training, dataset: { images: image, labels: Uint8Array.of(0, 0) } }),
  },
  {
    name: "dataset-part-of-an-image",
    what: "a data set whose bytes end in the middle of an image",
    code: CODE,
    call: (model) =>
      model.train({ ...training, dataset: { images: new Uint8Array(24), labels: Uint8Array.of(0) } }),
  },
  {
    name: "dataset-without-a-format",
    what: "a data set for a model that was compiled without an image format",
    code: CODE,
    hasFormat: false,
    call: (model) => model.train({ ...training, dataset: { images: image, labels: Uint8Array.of(0) } }),
  },
  {
    name: "negative-first-step",
    what: "a negative first step",
    code: "NIN_PARAMETER",
    call: (model) => model.train({ ...training, firstStep: -1 }),
  },
  {
    name: "indices-without-a-dataset",
    what: "a step on indices in a session without a data set",
    code: CODE,
    call: async (model) => {
      const session = await model.train(training);
      try {
        await session.step({ indices: Uint32Array.of(0) }, RATE);
      } finally {
        await session.dispose();
      }
    },
  },
];

function trainingCase({ name, what, code, call, hasFormat = true }: TrainingRefusal): ConformanceCase {
  return {
    id: caseId("errors", "train", name),
    plan: `${what} is refused with ${code}, and the model can still open a session`,
    source: "design rule",
    quick: true,
    run: async (context) => {
      const model = await smallModel(context, hasFormat ? { imageFormat: smallImages } : {});
      await checkRefused(call(model), code, name);
      const session = await model.train(training);
      await session.step(smallBatch(4), RATE);
      await session.dispose();
    },
  };
}
