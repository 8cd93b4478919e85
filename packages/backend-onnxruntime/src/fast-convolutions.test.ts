import type { Backend, CompileOptions } from "@nin/backend";
import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { createReferenceBackend } from "@nin/backend-reference";
import { conformanceCases } from "@nin/conformance";
import { describeConformance } from "@nin/conformance/vitest";
import { entry } from "@nin/spec";
import { expect, test } from "vitest";
import { architectureOf } from "./testing/architectures.js";
import { relativeL2 } from "./testing/expect-tensor.js";
import { heParameters, randomBatch } from "./testing/random-case.js";

/** Cases whose convolutions are wide enough for real points, and others of each level; `nin conformance --convolution fast` runs all. */
const CASES = [/\bwide\b/, /\/network\/nin-cifar10/, /^step\/optimizers\//, /^trajectory\/(?:loop|epochs)\//];

await describeConformance(createNodeOnnxRuntimeBackend, {
  device: "cpu",
  threads: 1,
  convolution: "fast",
  cases: conformanceCases().filter(({ id, quick }) => quick && CASES.some((pattern) => pattern.test(id))),
});

test("fast convolutions are others than the exact ones, and round more coarsely", async () => {
  const architecture = architectureOf(
    [32, 12, 12],
    [
      { kind: "conv2d", outChannels: 32, kernelSize: 5, padding: 2 },
      { kind: "globalAvgPool2d" },
      { kind: "flatten" },
    ],
  );
  const parameters = heParameters(architecture, 1);
  const batch = randomBatch(architecture, 8, 3);
  const activationsOf = async (backend: Backend, options: CompileOptions): Promise<Float32Array> => {
    await using model = await backend.compile(architecture, { maxBatch: 8, ...options });
    await model.writeParameters(parameters);
    return Float32Array.from(entry(await model.activations(batch), "net.0").data);
  };
  const expected = await activationsOf(createReferenceBackend(), {});
  const errorOf = async (convolution: "exact" | "fast"): Promise<number> =>
    relativeL2(await activationsOf(createNodeOnnxRuntimeBackend(), { threads: 1, convolution }), expected);
  const [exact, fast] = [await errorOf("exact"), await errorOf("fast")];
  expect(exact).toBeLessThan(5e-7);
  expect(fast).toBeGreaterThan(4 * exact);
  expect(fast).toBeLessThan(5e-6);
});
