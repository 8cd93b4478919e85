import { builtinArchitecture, elementCount } from "@nin/spec";
import type { ConformanceCase } from "../../case.js";
import { caseId } from "../../case-id.js";
import { check } from "../../check/check.js";

/** The scalars of networks at full size, as published or counted by PyTorch. */
const PUBLISHED: readonly (readonly [model: string, parameters: number, quick: boolean])[] = [
  ["nin", 1_992_166, false],
  ["nin?head=linear", 1_994_676, false],
  ["nin-mnist", 349_674, true],
  ["nin-cifar10", 966_986, false],
];

/** Networks at full size. */
export function parametersOfPublished(): readonly ConformanceCase[] {
  return PUBLISHED.map(([model, parameters, quick]) => ({
    id: caseId("parameters", "published", model),
    plan: "the network at full size has the published number of parameters, as realized and as read",
    source: "PyTorch's count",
    quick,
    run: async (context) => {
      const compiled = await context.compile(builtinArchitecture(model), { maxBatch: 1 });
      const shapes = compiled.layers.flatMap((layer) => [...layer.parameters.values()]);
      const realized = shapes.reduce((sum, shape) => sum + elementCount(shape), 0);
      check(realized === parameters, `realized parameters: expected ${parameters}, got ${realized}`);
      const read = [...(await compiled.readParameters()).values()];
      const count = read.reduce((sum, { data }) => sum + data.length, 0);
      check(count === parameters, `parameters read: expected ${parameters}, got ${count}`);
    },
  }));
}
