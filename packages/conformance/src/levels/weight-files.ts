import type { Model } from "@nin/backend";
import { floatTensors, parseSafetensors, serializeSafetensors } from "@nin/safetensors";
import { type Architecture, classCount, entry, type NamedTensors } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { withStore } from "../case/host.js";
import { check, checkEqual } from "../check/check.js";
import { compareForward } from "../check/network.js";
import { checkComplete, checkSameTensor, checkSameTensors, checkShape } from "../check/tensors.js";
import { type WholeNetwork, wholeNetworks } from "../networks/subjects.js";
import { requireForwardSample } from "../sampling/sample-gradients.js";

const FILE = "weights.safetensors";
const NAMES: readonly string[] = ["nin", "linear-head", "ends-in-an-image"];

/** Weights that are moved through a file. */
export function weightFiles(): readonly ConformanceCase[] {
  const networks = wholeNetworks.filter(({ name }) => NAMES.includes(name));
  return networks.flatMap((network): readonly ConformanceCase[] => [
    {
      id: caseId("files", "weights", network.name, { between: "models" }),
      plan: "weights that are written to safetensors and read into another model keep every bit, and give the same scores",
      source: "design rule",
      quick: network.quick,
      run: (context) => betweenModels(context, network),
    },
    {
      id: caseId("files", "weights", network.name, { between: "backends" }),
      plan: "the backend with weights from the oracle's file, and the oracle with weights from the backend's file, have the same activations",
      source: "oracle",
      quick: network.quick,
      run: (context) => betweenBackends(context, network),
    },
  ]);
}

async function betweenModels(context: CaseContext, { architecture, batch }: WholeNetwork): Promise<void> {
  const oracle = await context.oracle(architecture);
  const sampled = await requireForwardSample(oracle, architecture, {
    count: batch,
    seed: context.seed,
    arithmetic: context.arithmetic,
  });
  const [one, other] = [
    await context.compile(architecture, { maxBatch: batch }),
    await context.compile(architecture, { maxBatch: batch }),
  ];
  await one.writeParameters(sampled.parameters);
  await other.writeParameters(await throughFile(context, one, architecture));
  checkSameTensors(
    await other.readParameters(),
    await one.readParameters(),
    "parameters of the second model",
  );
  if (context.backend.capabilities?.deterministic === false) return;
  const scores = await one.predict(sampled.batch);
  checkShape(scores, [batch, classCount(architecture)], "scores of the first model");
  checkSameTensor(await other.predict(sampled.batch), scores, "scores of the second model");
}

async function betweenBackends(context: CaseContext, { architecture, batch }: WholeNetwork): Promise<void> {
  const oracle = await context.oracle(architecture);
  const sampled = await requireForwardSample(oracle, architecture, {
    count: batch,
    seed: context.seed + 50,
    arithmetic: context.arithmetic,
  });
  const model = await context.compile(architecture, { maxBatch: batch });
  await model.writeParameters(await throughFile(context, oracle, architecture));
  await compareForward(model, oracle, sampled.batch, context.tolerances);
  await oracle.writeParameters(await throughFile(context, model, architecture));
  await compareForward(model, oracle, sampled.batch, context.tolerances);
}

async function throughFile(
  { host }: CaseContext,
  model: Model,
  architecture: Architecture,
): Promise<NamedTensors> {
  const parameters = await model.readParameters();
  checkComplete(parameters, architecture, "parameters that are saved:");
  return withStore(host, async (files) => {
    await files.write(FILE, serializeSafetensors(parameters));
    const file = parseSafetensors(await files.read(FILE), FILE);
    checkEqual([...file.tensors.keys()], [...parameters.keys()], `names in ${FILE}`);
    for (const [name, { dtype, shape }] of file.tensors) {
      check(["F32", "F64"].includes(dtype), `${name} in ${FILE}: expected F32 or F64, got ${dtype}`);
      checkEqual([...shape], [...entry(parameters, name).shape], `shape of ${name} in ${FILE}`);
    }
    return floatTensors(file, FILE);
  });
}
