import type { Model } from "@nin/backend";
import { floatTensors, parseSafetensors, serializeSafetensors } from "@nin/safetensors";
import type { Parameters } from "@nin/spec";
import { type CaseContext, type ConformanceCase, caseId } from "../case/case.js";
import { withStore } from "../case/host.js";
import { check, checkEqual } from "../check/check.js";
import { compareForward } from "../check/network.js";
import { checkSameTensor, checkSameTensors } from "../check/tensors.js";
import { type WholeNetwork, wholeNetworks } from "../networks/subjects.js";
import { requireForwardSample } from "../sampling/sample-gradients.js";

const FILE = "weights.safetensors";
const NAMES: readonly string[] = ["nin", "linear-head", "ends-in-an-image"];

/** Weights through a file. */
export function weightFiles(): readonly ConformanceCase[] {
  const networks = wholeNetworks.filter(({ name }) => NAMES.includes(name));
  return networks.flatMap((network): readonly ConformanceCase[] => [
    {
      id: caseId("files", "weights", network.name, { between: "models" }),
      plan: "weights written to safetensors and read into another model are the same bits, and give the same scores",
      source: "design rule",
      quick: network.quick,
      run: (context) => betweenModels(context, network),
    },
    {
      id: caseId("files", "weights", network.name, { between: "backends" }),
      plan: "weights of the oracle's file, and the oracle with the backend's file, give each other's activations",
      source: "oracle",
      quick: network.quick,
      run: (context) => betweenBackends(context, network),
    },
  ]);
}

async function betweenModels(context: CaseContext, { architecture, batch }: WholeNetwork): Promise<void> {
  const oracle = await context.oracle(architecture);
  const drawn = await requireForwardSample(oracle, architecture, {
    count: batch,
    seed: context.seed,
    precision: context.precision,
  });
  const [one, other] = [
    await context.compile(architecture, { maxBatch: batch }),
    await context.compile(architecture, { maxBatch: batch }),
  ];
  await one.writeParameters(drawn.parameters);
  await other.writeParameters(await throughFile(context, one));
  checkSameTensors(
    await other.readParameters(),
    await one.readParameters(),
    "parameters of the second model",
  );
  if (context.backend.capabilities?.deterministic === false) return;
  checkSameTensor(
    await other.predict(drawn.batch),
    await one.predict(drawn.batch),
    "scores of the second model",
  );
}

async function betweenBackends(context: CaseContext, { architecture, batch }: WholeNetwork): Promise<void> {
  const oracle = await context.oracle(architecture);
  const drawn = await requireForwardSample(oracle, architecture, {
    count: batch,
    seed: context.seed + 50,
    precision: context.precision,
  });
  const model = await context.compile(architecture, { maxBatch: batch });
  await model.writeParameters(await throughFile(context, oracle));
  await compareForward(model, oracle, drawn.batch, context.tolerances);
  await oracle.writeParameters(await throughFile(context, model));
  await compareForward(model, oracle, drawn.batch, context.tolerances);
}

async function throughFile({ host }: CaseContext, model: Model): Promise<Parameters> {
  const parameters = await model.readParameters();
  return withStore(host, async (files) => {
    await files.write(FILE, serializeSafetensors(parameters));
    const file = parseSafetensors(await files.read(FILE), FILE);
    checkEqual([...file.tensors.keys()], [...parameters.keys()], `names in ${FILE}`);
    for (const [name, { dtype, shape }] of file.tensors) {
      check(["F32", "F64"].includes(dtype), `${name} in ${FILE}: expected F32 or F64, got ${dtype}`);
      checkEqual([...shape], [...(parameters.get(name)?.shape ?? [])], `shape of ${name} in ${FILE}`);
    }
    return floatTensors(file, FILE);
  });
}
