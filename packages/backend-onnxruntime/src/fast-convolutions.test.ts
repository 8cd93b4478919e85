import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { createReferenceBackend } from "@nin/backend-reference";
import { conformanceCases, levelOf } from "@nin/conformance";
import { describeConformance } from "@nin/conformance/vitest";
import { builtinArchitecture } from "@nin/spec";
import { expect, test } from "vitest";
import { relativeL2 } from "./testing/expect-tensor.js";
import { heParameters, randomBatch } from "./testing/random-case.js";

/** Whether a case compares numbers of a network with convolutions that are large enough for real points. */
const isOfNetworks = (id: string): boolean =>
  ["forward", "gradients", "step", "trajectory"].includes(levelOf(id)) &&
  /\/(network|pytorch|loop|epochs|random)\//.test(id);

await describeConformance(createNodeOnnxRuntimeBackend, {
  device: "cpu",
  threads: 1,
  convolution: "fast",
  cases: conformanceCases().filter(({ id, quick }) => quick && isOfNetworks(id)),
});

test("fast convolutions are others than the exact ones, and round more coarsely", async () => {
  const architecture = builtinArchitecture("nin-cifar10");
  const parameters = heParameters(architecture, 1);
  const batch = randomBatch(architecture, 2, 3);
  await using oracle = await createReferenceBackend().compile(architecture, { maxBatch: 2 });
  await oracle.writeParameters(parameters);
  const expected = Float32Array.from((await oracle.predict(batch)).data);
  const errorOf = async (convolution: "exact" | "fast"): Promise<number> => {
    const options = { threads: 1, maxBatch: 2, convolution };
    await using model = await createNodeOnnxRuntimeBackend().compile(architecture, options);
    await model.writeParameters(parameters);
    const { data } = await model.predict(batch);
    return relativeL2(data, expected);
  };
  const [exact, fast] = [await errorOf("exact"), await errorOf("fast")];
  expect(fast).toBeGreaterThan(2 * exact);
  expect(fast).toBeLessThan(1e-4);
});
