import type { CompileOptions, Model, TrainingSession } from "@nin/backend";
import type { Parameters, Tensor } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { checkRefused } from "../check/check.js";
import { checkSameTensor, checkSameTensors } from "../check/tensors.js";
import { heParameters } from "../networks/inputs.js";
import { smallArchitecture, smallBatch, smallImages, smallModel } from "../networks/small.js";

/** A call that a model must refuse, and the code of its error. */
export interface Refusal<Subject> {
  /** `label-too-large`. */
  readonly name: string;
  readonly code: string;
  call(subject: Subject): Promise<unknown>;
}

/** Makes a case of each refusal: the call is refused, and afterwards `check` still holds. */
export function refusalCases<Subject extends Model | TrainingSession>(
  group: string,
  refusals: readonly Refusal<Subject>[],
  setUp: (context: CaseContext) => Promise<{ readonly subject: Subject; checkUsable(): Promise<void> }>,
): readonly ConformanceCase[] {
  return refusals.map(({ name, code, call }) => ({
    id: caseId("errors", group, name),
    plan: `is refused with ${code}; nothing has changed, and the model is usable`,
    source: "design rule",
    quick: true,
    run: async (context) => {
      const { subject, checkUsable } = await setUp(context);
      await checkRefused(call(subject), code, name);
      await checkUsable();
    },
  }));
}

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

const BIAS = "net.4.bias";

/** Other values everywhere, so that a part of them shows, and one tensor as the case wants it. */
function sevens(name: string, tensor: Tensor | undefined): Parameters {
  const all = [...heParameters(smallArchitecture, 1)].map(
    ([key, { shape, data }]) => [key, { shape, data: data.map(() => 7) }] as const,
  );
  const others = new Map<string, Tensor>(all);
  if (tensor === undefined) others.delete(name);
  else others.set(name, tensor);
  return others;
}

const values = (...data: readonly number[]): Float32Array => Float32Array.from(data);

const WRONG_PARAMETERS: readonly (readonly [name: string, parameters: () => Parameters])[] = [
  ["missing", () => sevens(BIAS, undefined)],
  ["unknown-name", () => sevens("net.5.bias", { shape: [3], data: values(1, 2, 3) })],
  ["other-rank", () => sevens(BIAS, { shape: [1, 3], data: values(1, 2, 3) })],
  ["other-shape", () => sevens("net.0.0.weight", { shape: [3, 1, 1, 9], data: new Float32Array(27) })],
  ["too-few-values", () => sevens(BIAS, { shape: [3], data: values(1, 2) })],
  ["nan", () => sevens(BIAS, { shape: [3], data: values(1, Number.NaN, 2) })],
  ["infinity", () => sevens(BIAS, { shape: [3], data: values(1, 2, Number.NEGATIVE_INFINITY) })],
  ["none", () => new Map()],
];

/** Parameters that do not suit are refused whole. */
export function parameterErrors(): readonly ConformanceCase[] {
  const refusals = WRONG_PARAMETERS.map(
    ([name, parameters]): Refusal<Model> => ({
      name,
      code: "NIN_PARAMETER",
      call: (model) => model.writeParameters(parameters()),
    }),
  );
  return refusalCases("parameters", refusals, setUpForParameters);
}

async function setUpForParameters(
  context: CaseContext,
): Promise<{ readonly subject: Model; checkUsable(): Promise<void> }> {
  const subject = await smallModel(context);
  const before = await subject.readParameters();
  return {
    subject,
    checkUsable: async () =>
      checkSameTensors(await subject.readParameters(), before, "parameters after the refusal"),
  };
}

const UNSUPPORTED = "NIN_UNSUPPORTED";

const COMPILE_REFUSALS: readonly (readonly [name: string, code: string, options: CompileOptions])[] = [
  ["unknown-device", UNSUPPORTED, { device: "no-such-device" }],
  ["no-images", UNSUPPORTED, { maxBatch: 0 }],
  ["half-an-image", UNSUPPORTED, { maxBatch: 1.5 }],
  ["images-of-other-channels", UNSUPPORTED, { imageFormat: { ...smallImages, channels: 3 } }],
  [
    "mean-of-other-channels",
    "NIN_SPEC",
    { imageFormat: { ...smallImages, preprocessing: { mean: [0, 0], std: 1 } } },
  ],
];

/** What `compile` refuses, never falling back to something else. */
export function compileErrors(): readonly ConformanceCase[] {
  return COMPILE_REFUSALS.map(([name, code, options]) => ({
    id: caseId("errors", "compile", name),
    plan: `is refused with ${code}, and the backend compiles the next model`,
    source: "design rule",
    quick: true,
    run: async (context) => {
      const { backend, options: own } = context;
      await checkRefused(
        backend.compile(smallArchitecture, { ...own, ...options }).then((model) => model.dispose()),
        code,
        name,
      );
      await (await smallModel(context)).predict(smallBatch());
    },
  }));
}
