import type { Model } from "@nin/backend";
import type { Parameters, Tensor } from "@nin/spec";
import type { CaseContext, ConformanceCase } from "../../case.js";
import { checkSameTensors } from "../../check/tensors.js";
import { heParameters } from "../../drawing/random-batch.js";
import { smallArchitecture, smallModel } from "../../networks/small.js";
import { type Refusal, refusalCases } from "./refusals.js";

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
