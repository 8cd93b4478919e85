import type { Model } from "@nin/backend";
import type { CaseContext, ConformanceCase } from "../../case.js";
import { checkSameTensor } from "../../check/tensors.js";
import { smallBatch, smallImages, smallModel } from "../../networks/small.js";
import { type Refusal, refusalCases } from "./refusals.js";

const CODE = "NIN_BATCH";
const MAX_BATCH = 4;
const two = smallBatch(2);
const five = smallBatch(5);

/** What `predict`, `activations` and `gradients` must refuse. */
const BATCH_REFUSALS: readonly Refusal<Model>[] = [
  { name: "too-many-images", code: CODE, call: (model) => model.predict({ input: five.input }) },
  {
    name: "no-image",
    code: CODE,
    call: (model) => model.predict({ input: { shape: [0, 1, 4, 4], data: new Float32Array(0) } }),
  },
  {
    name: "transposed-shape",
    code: CODE,
    call: (model) => model.predict({ input: { ...two.input, shape: [2, 1, 2, 8] } }),
  },
  {
    name: "shape-without-channels",
    code: CODE,
    call: (model) => model.predict({ input: { ...two.input, shape: [2, 4, 4] } }),
  },
  {
    name: "fewer-values-than-the-shape",
    code: CODE,
    call: (model) => model.predict({ input: { shape: [2, 1, 4, 4], data: new Float32Array(31) } }),
  },
  { name: "no-bytes", code: CODE, call: (model) => model.predict({ images: new Uint8Array(0) }) },
  {
    name: "part-of-an-image",
    code: CODE,
    call: (model) => model.activations({ images: new Uint8Array(17) }),
  },
  { name: "too-many-activations", code: CODE, call: (model) => model.activations({ input: five.input }) },
  { name: "too-many-gradients", code: CODE, call: (model) => model.gradients(five) },
  {
    name: "label-too-large",
    code: CODE,
    call: (model) => model.gradients({ ...two, labels: Uint8Array.of(0, 3) }),
  },
  {
    name: "label-negative",
    code: CODE,
    call: (model) => model.gradients({ ...two, labels: Int32Array.of(0, -1) }),
  },
  {
    name: "label-missing",
    code: CODE,
    call: (model) => model.gradients({ ...two, labels: Uint8Array.of(0) }),
  },
  {
    name: "label-too-many",
    code: CODE,
    call: (model) => model.gradients({ ...two, labels: Uint8Array.of(0, 1, 2) }),
  },
];

/** Batches that do not suit the model. */
export function batchErrors(): readonly ConformanceCase[] {
  const withoutFormat: Refusal<Model> = {
    name: "images-without-a-format",
    code: CODE,
    call: (model) => model.predict({ images: new Uint8Array(16) }),
  };
  return [
    ...refusalCases("batch", BATCH_REFUSALS, (context) => setUpForBatches(context, { images: smallImages })),
    ...refusalCases("batch", [withoutFormat], (context) => setUpForBatches(context, {})),
  ];
}

async function setUpForBatches(
  context: CaseContext,
  options: { readonly images?: typeof smallImages },
): Promise<{ readonly subject: Model; checkUsable(): Promise<void> }> {
  const subject = await smallModel(context, { maxBatch: MAX_BATCH, ...options });
  const before = await subject.predict(two);
  return {
    subject,
    checkUsable: async () => checkSameTensor(await subject.predict(two), before, "scores after the refusal"),
  };
}
