import type { Parameters } from "@nin/spec";
import type { CaseContext, ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { checkSameTensors } from "../../check/tensors.js";
import { heParameters } from "../../drawing/random-batch.js";
import { smallArchitecture } from "../../networks/small.js";

/** Parameters go in and out by value. */
export function parametersAreCopies(): readonly ConformanceCase[] {
  return [
    {
      id: caseId("parameters", "copies", "written"),
      plan: "changing an array after it was handed to writeParameters changes nothing of the model",
      source: "design rule",
      quick: true,
      run: changeWhatWasWritten,
    },
    {
      id: caseId("parameters", "copies", "read"),
      plan: "changing what readParameters gave changes nothing of the model",
      source: "design rule",
      quick: true,
      run: changeWhatWasRead,
    },
    {
      id: caseId("parameters", "copies", "written-again"),
      plan: "a second write replaces every parameter, and leaves what was read before it as it was",
      source: "design rule",
      quick: true,
      run: writeAgain,
    },
    {
      id: caseId("parameters", "copies", "float64"),
      plan: "float64 parameters are taken, rounded to the model's own precision",
      source: "design rule: the reference's checkpoints are F64, which others round to F32",
      quick: true,
      run: writeFloat64,
    },
  ];
}

async function changeWhatWasWritten(context: CaseContext): Promise<void> {
  const model = await context.compile(smallArchitecture);
  const given = heParameters(smallArchitecture, 1);
  await model.writeParameters(given);
  for (const { data } of given.values()) data.fill(9);
  checkSameTensors(await model.readParameters(), heParameters(smallArchitecture, 1), "parameters");
}

async function changeWhatWasRead(context: CaseContext): Promise<void> {
  const model = await context.compile(smallArchitecture);
  await model.writeParameters(heParameters(smallArchitecture, 1));
  for (const { data } of (await model.readParameters()).values()) data.fill(9);
  checkSameTensors(await model.readParameters(), heParameters(smallArchitecture, 1), "parameters");
}

async function writeAgain(context: CaseContext): Promise<void> {
  const model = await context.compile(smallArchitecture);
  await model.writeParameters(heParameters(smallArchitecture, 1));
  const first = await model.readParameters();
  await model.writeParameters(heParameters(smallArchitecture, 2));
  const second = await model.readParameters();
  checkSameTensors(second, heParameters(smallArchitecture, 2), "parameters after a second write");
  checkSameTensors(first, heParameters(smallArchitecture, 1), "parameters read before it");
}

async function writeFloat64(context: CaseContext): Promise<void> {
  const model = await context.compile(smallArchitecture);
  const wide: Parameters = new Map(
    [...heParameters(smallArchitecture, 1)].map(([name, { shape, data }]) => [
      name,
      { shape, data: Float64Array.from(data, (value) => value * (1 + 2 ** -40)) },
    ]),
  );
  await model.writeParameters(wide);
  const read = await model.readParameters();
  const expected = new Map(
    [...wide].map(([name, tensor]) => {
      const isNarrow = read.get(name)?.data instanceof Float32Array;
      return [name, isNarrow ? { ...tensor, data: Float32Array.from(tensor.data) } : tensor];
    }),
  );
  checkSameTensors(read, expected, "parameters");
}
