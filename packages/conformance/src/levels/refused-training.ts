import type { Dataset, Model, TrainingSession, TrainingState } from "@nin/backend";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { checkEqual, checkRefused } from "../check/check.js";
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
  { name: "too-many-images", code: CODE, call: (session) => session.step(five, RATE) },
  {
    name: "label-too-large",
    code: CODE,
    call: (session) => session.step({ images: image, labels: Uint8Array.of(3) }, RATE),
  },
  { name: "no-index", code: CODE, call: (session) => session.step({ indices: new Uint32Array(0) }, RATE) },
  {
    name: "too-many-indices",
    code: CODE,
    call: (session) => session.step({ indices: new Uint32Array(5) }, RATE),
  },
  {
    name: "index-too-large",
    code: CODE,
    call: (session) => session.step({ indices: Uint32Array.of(0, 3) }, RATE),
  },
  {
    name: "evaluation-label-too-many",
    code: CODE,
    call: (session) => session.evaluate({ images: image, labels: Uint8Array.of(0, 1) }),
  },
];

/** States that a session of AdamW must refuse whole. */
const STATES: readonly (readonly [name: string, wrong: (state: TrainingState) => TrainingState])[] = [
  ["state-without-moments", (state) => ({ ...state, optimizer: new Map() })],
  ["state-without-a-moment", (state) => ({ ...state, optimizer: new Map([...state.optimizer].slice(1)) })],
  ["state-without-parameters", (state) => ({ ...state, parameters: new Map() })],
  ["state-of-negative-step", (state) => ({ ...state, step: -1 })],
  ["state-of-half-a-step", (state) => ({ ...state, step: 1.5 })],
];

/** What training refuses: batches and states by a session, and sessions by a model. */
export function sessionErrors(): readonly ConformanceCase[] {
  const states = STATES.map(
    ([name, wrong]): Refusal<TrainingSession> => ({
      name,
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
      checkEqual([losses.length, evaluation.count], [0, 0], "losses and images after the refusal");
      await subject.step(smallBatch(4), RATE);
      checkEqual((await subject.metrics()).losses.length, 1, "losses of a step after the refusal");
    },
  };
}

interface TrainingRefusal extends Refusal<Model> {
  /** Whether the model takes images; true by default. */
  readonly images?: boolean;
}

const training = { optimizer: SGD, seed: 0 };

/** What `train` must refuse. */
const TRAINING: readonly TrainingRefusal[] = [
  {
    name: "dataset-label-too-large",
    code: CODE,
    call: (model) => model.train({ ...training, dataset: { images: image, labels: Uint8Array.of(3) } }),
  },
  {
    name: "dataset-label-too-many",
    code: CODE,
    call: (model) => model.train({ ...training, dataset: { images: image, labels: Uint8Array.of(0, 0) } }),
  },
  {
    name: "dataset-part-of-an-image",
    code: CODE,
    call: (model) =>
      model.train({ ...training, dataset: { images: new Uint8Array(24), labels: Uint8Array.of(0) } }),
  },
  {
    name: "dataset-without-a-format",
    code: CODE,
    images: false,
    call: (model) => model.train({ ...training, dataset: { images: image, labels: Uint8Array.of(0) } }),
  },
  {
    name: "negative-first-step",
    code: "NIN_PARAMETER",
    call: (model) => model.train({ ...training, firstStep: -1 }),
  },
  {
    name: "indices-without-a-dataset",
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

function trainingCase({ name, code, call, images = true }: TrainingRefusal): ConformanceCase {
  return {
    id: caseId("errors", "train", name),
    plan: `is refused with ${code}, and leaves the model free for a session`,
    source: "design rule",
    quick: true,
    run: async (context) => {
      const model = await smallModel(context, images ? { imageFormat: smallImages } : {});
      await checkRefused(call(model), code, name);
      const session = await model.train(training);
      await session.step(smallBatch(4), RATE);
      await session.dispose();
    },
  };
}
