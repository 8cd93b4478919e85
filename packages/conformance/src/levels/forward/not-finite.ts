import type { Architecture } from "@nin/spec";
import type { CaseContext, ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { checkNotFinite } from "../../check/not-finite.js";
import { checkSameTensor } from "../../check/tensors.js";
import { architectureOf } from "../../drawing/architecture-of.js";
import { heParameters } from "../../drawing/random-batch.js";
import { imagesWith, notFiniteNetworks } from "../../networks/not-finite.js";

const VALUES: Readonly<Record<string, readonly number[]>> = {
  nan: [Number.NaN],
  infinity: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
};

/** What is not finite goes through every layer, from every position, and not into another image. */
export function forwardOfNotFinite(): readonly ConformanceCase[] {
  const networks = notFiniteNetworks().flatMap(({ name, architecture, quick }) =>
    Object.entries(VALUES).map(
      ([value, numbers]): ConformanceCase => ({
        id: caseId("forward", "not-finite", name, { value }),
        plan: "what is not finite in one input element goes through to all that depends on it, in its own image alone",
        source: "oracle, PyTorch's rule",
        quick,
        run: (context) => compareForward(context, architecture, numbers),
      }),
    ),
  );
  return [
    ...networks,
    {
      id: caseId("forward", "not-finite", "far-below-zero"),
      plan: "a padded max pool of values from -1e25 to -3e38 gives the values",
      source: "by hand",
      quick: true,
      run: poolFarBelowZero,
    },
  ];
}

async function compareForward(
  context: CaseContext,
  architecture: Architecture,
  values: readonly number[],
): Promise<void> {
  const { input } = imagesWith(architecture, values);
  const maxBatch = input.shape[0] ?? 1;
  const model = await context.compile(architecture, { maxBatch });
  const oracle = await context.oracle(architecture, { maxBatch });
  for (const each of [model, oracle]) await each.writeParameters(heParameters(architecture, 1));
  const { smallCase: tolerance } = context.tolerances;
  const [scores, expected] = [await model.predict({ input }), await oracle.predict({ input })];
  checkNotFinite(scores, expected, input, { what: "scores", tolerance });
  const activations = await model.activations({ input });
  for (const [name, tensor] of await oracle.activations({ input })) {
    checkNotFinite(activations.get(name), tensor, input, { what: `activation ${name}`, tolerance });
  }
}

async function poolFarBelowZero(context: CaseContext): Promise<void> {
  const architecture = architectureOf(
    [1, 2, 2],
    [{ kind: "maxPool2d", kernelSize: 2, stride: 2, padding: 1 }, { kind: "flatten" }],
  );
  const model = await context.compile(architecture);
  const data = Float32Array.of(-3e38, -1e30, -1e25, -1e38);
  const scores = await model.predict({ input: { shape: [1, 1, 2, 2], data } });
  checkSameTensor(scores, { shape: [1, 4], data }, "scores");
}
