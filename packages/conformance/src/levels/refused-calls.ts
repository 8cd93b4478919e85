import type { CompileOptions, Model, TrainingSession } from "@nin/backend";
import type { NamedTensors, Tensor } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { checkRefused } from "../check/check.js";
import { checkSameTensor, checkSameTensors } from "../check/tensors.js";
import { heParameters } from "../networks/inputs.js";
import { smallArchitecture, smallBatch, smallImages, smallModel } from "../networks/small.js";

/** A call that a model or a session must refuse, and the code of its error. */
export interface Refusal<Subject> {
  /** `label-too-large`. */
  readonly name: string;
  /** What is refused, as a noun phrase. */
  readonly what: string;
  readonly code: string;
  call(subject: Subject): Promise<unknown>;
}

/** A case for each refusal: the call is refused, and afterwards `checkUsable` holds. */
export function refusalCases<Subject extends Model | TrainingSession>(
  group: string,
  refusals: readonly Refusal<Subject>[],
  setUp: (context: CaseContext) => Promise<{ readonly subject: Subject; checkUsable(): Promise<void> }>,
): readonly ConformanceCase[] {
  return refusals.map(({ name, what, code, call }) => ({
    id: caseId("errors", group, name),
    plan: `${what} is refused with ${code}, which changes nothing and leaves the model usable`,
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
  {
    name: "too-many-images",
    what: "a prediction of more images than the model is compiled for",
    code: CODE,
    call: (model) => model.predict({ input: five.input }),
  },
  {
    name: "no-image",
    what: "a batch without images",
    code: CODE,
    call: (model) => model.predict({ input: { shape: [0, 1, 4, 4], data: new Float32Array(0) } }),
  },
  {
    name: "transposed-shape",
    what: "an input of another shape with as many values",
    code: CODE,
    call: (model) => model.predict({ input: { ...two.input, shape: [2, 1, 2, 8] } }),
  },
  {
    name: "shape-without-channels",
    what: "an input whose shape has no axis for channels",
    code: CODE,
    call: (model) => model.predict({ input: { ...two.input, shape: [2, 4, 4] } }),
  },
  {
    name: "fewer-values-than-the-shape",
    what: "an input with fewer values than its shape says",
    code: CODE,
    call: (model) => model.predict({ input: { shape: [2, 1, 4, 4], data: new Float32Array(31) } }),
  },
  {
    name: "no-bytes",
    what: "a batch of no bytes",
    code: CODE,
    call: (model) => model.predict({ images: new Uint8Array(0) }),
  },
  {
    name: "part-of-an-image",
    what: "a batch whose bytes end in the middle of an image",
    code: CODE,
    call: (model) => model.activations({ images: new Uint8Array(17) }),
  },
  {
    name: "too-many-activations",
    what: "a call of activations with more images than the model is compiled for",
    code: CODE,
    call: (model) => model.activations({ input: five.input }),
  },
  {
    name: "too-many-gradients",
    what: "a call of gradients with more images than the model is compiled for",
    code: CODE,
    call: (model) => model.gradients(five),
  },
  {
    name: "label-too-large",
    what: "a label that is not less than the number of classes",
    code: CODE,
    call: (model) => model.gradients({ ...two, labels: Uint8Array.of(0, 3) }),
  },
  {
    name: "label-negative",
    what: "a negative label",
    code: CODE,
    call: (model) => model.gradients({ ...two, labels: Int32Array.of(0, -1) }),
  },
  {
    name: "label-missing",
    what: "a batch with fewer labels than images",
    code: CODE,
    call: (model) => model.gradients({ ...two, labels: Uint8Array.of(0) }),
  },
  {
    name: "label-too-many",
    what: "a batch with more labels than images",
    code: CODE,
    call: (model) => model.gradients({ ...two, labels: Uint8Array.of(0, 1, 2) }),
  },
];

/** Batches that do not fit the model. */
export function batchErrors(): readonly ConformanceCase[] {
  const withoutFormat: Refusal<Model> = {
    name: "images-without-a-format",
    what: "a batch of bytes for a model that was compiled without an image format",
    code: CODE,
    call: (model) => model.predict({ images: new Uint8Array(16) }),
  };
  return [
    ...refusalCases("batch", BATCH_REFUSALS, (context) =>
      setUpForBatches(context, { imageFormat: smallImages }),
    ),
    ...refusalCases("batch", [withoutFormat], (context) => setUpForBatches(context, {})),
  ];
}

async function setUpForBatches(
  context: CaseContext,
  options: Pick<CompileOptions, "imageFormat">,
): Promise<{ readonly subject: Model; checkUsable(): Promise<void> }> {
  const subject = await smallModel(context, { maxBatch: MAX_BATCH, ...options });
  const before = await subject.predict(two);
  return {
    subject,
    checkUsable: async () => checkSameTensor(await subject.predict(two), before, "scores after the refusal"),
  };
}

const BIAS = "net.4.bias";

/**
 * Other values in every tensor, so that a partial write shows, and `tensor` under `name`; without it, no such tensor.
 */
function sevens(name: string, tensor: Tensor | undefined): NamedTensors {
  const all = [...heParameters(smallArchitecture, 1)].map(
    ([key, { shape, data }]) => [key, { shape, data: data.map(() => 7) }] as const,
  );
  const others = new Map<string, Tensor>(all);
  if (tensor === undefined) others.delete(name);
  else others.set(name, tensor);
  return others;
}

const values = (...data: readonly number[]): Float32Array => Float32Array.from(data);

const WRONG_PARAMETERS: readonly (readonly [name: string, what: string, parameters: () => NamedTensors])[] = [
  ["missing", "a write without one of the parameters", () => sevens(BIAS, undefined)],
  [
    "unknown-name",
    "a write with a parameter of an unknown name",
    () => sevens("net.5.bias", { shape: [3], data: values(1, 2, 3) }),
  ],
  ["other-rank", "a parameter of another rank", () => sevens(BIAS, { shape: [1, 3], data: values(1, 2, 3) })],
  [
    "other-shape",
    "a parameter of another shape with as many values",
    () => sevens("net.0.0.weight", { shape: [3, 1, 1, 9], data: new Float32Array(27) }),
  ],
  [
    "too-few-values",
    "a parameter with fewer values than its shape says",
    () => sevens(BIAS, { shape: [3], data: values(1, 2) }),
  ],
  [
    "nan",
    "a parameter with a value that is NaN",
    () => sevens(BIAS, { shape: [3], data: values(1, Number.NaN, 2) }),
  ],
  [
    "infinity",
    "a parameter with an infinite value",
    () => sevens(BIAS, { shape: [3], data: values(1, 2, Number.NEGATIVE_INFINITY) }),
  ],
  ["none", "a write without any parameters", () => new Map()],
];

/** Parameters that do not fit the model are refused, all of them. */
export function parameterErrors(): readonly ConformanceCase[] {
  const refusals = WRONG_PARAMETERS.map(
    ([name, what, parameters]): Refusal<Model> => ({
      name,
      what,
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

const COMPILE_REFUSALS: readonly (readonly [
  name: string,
  what: string,
  code: string,
  options: CompileOptions,
])[] = [
  ["unknown-device", "a device that the backend does not have", UNSUPPORTED, { device: "no-such-device" }],
  ["no-images", "a largest batch of 0", UNSUPPORTED, { maxBatch: 0 }],
  ["half-an-image", "a largest batch that is not a whole number", UNSUPPORTED, { maxBatch: 1.5 }],
  [
    "images-of-other-channels",
    "an image format with another number of channels than the network",
    UNSUPPORTED,
    { imageFormat: { ...smallImages, channels: 3 } },
  ],
  [
    "mean-of-other-channels",
    "a mean for another number of channels than the network has",
    "NIN_SPEC",
    { imageFormat: { ...smallImages, preprocessing: { mean: [0, 0], std: 1 } } },
  ],
];

/** What `compile` refuses instead of falling back to something else. */
export function compileErrors(): readonly ConformanceCase[] {
  return COMPILE_REFUSALS.map(([name, what, code, options]) => ({
    id: caseId("errors", "compile", name),
    plan: `${what} is refused with ${code}, and the backend compiles the next model`,
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
