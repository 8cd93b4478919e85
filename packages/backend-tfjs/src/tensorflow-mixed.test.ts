import { type Backend, type CompileOptions, UnsupportedError } from "@nin/backend";
import { createReferenceBackend } from "@nin/backend-reference";
import { describeConformance } from "@nin/conformance/vitest";
import { builtinRecipe, initialParameters, parseArchitecture } from "@nin/spec";
import { distance, lacking, smoothBatch, smoothJson } from "@nin/test-support";
import { expect, it, test } from "vitest";
import { createNodeTensorFlowBackend } from "./node.js";

const architecture = parseArchitecture(smoothJson);
const parameters = initialParameters(architecture, builtinRecipe("d2l").init, 3);

const backend = createNodeTensorFlowBackend();
const whyNot = await obstacle();

if (whyNot === undefined) {
  await describeConformance(() => backend, { device: "tensorflow", precision: "mixed", quick: true });
} else {
  test("conformance of tfjs on tensorflow in mixed precision", ({ skip }) =>
    lacking("tfjs:tensorflow", whyNot, skip));
}

it("rounds factors to bfloat16, and nothing worse", async ({ skip }) => {
  if (whyNot !== undefined) return lacking("tfjs:tensorflow", whyNot, skip);
  const mixed = await resultsOf(backend, { device: "tensorflow", precision: "mixed" });
  for (const [name, expected] of await resultsOf(createReferenceBackend(), {})) {
    const rounded = distance(mixed.get(name), expected);
    // A rounding to bfloat16 is up to 2^-8 of a value, some meet and partly cancel; float16's is an eighth of it.
    expect(rounded, name).toBeLessThan(2 ** -6);
    expect(rounded, name).toBeGreaterThan(2 ** -13);
  }
});

it("is refused on devices that have none", async () => {
  const compiled = backend.compile(architecture, { device: "cpu", precision: "mixed" });
  await expect(compiled).rejects.toThrow(UnsupportedError);
  await expect(compiled).rejects.toThrow(/^tfjs: precision mixed on cpu is not supported; expected f32; /);
});

/** Why native TensorFlow does not compute in mixed precision here. */
async function obstacle(): Promise<string | undefined> {
  const [device] = await backend.devices();
  if (device?.available !== true) return device?.reason ?? "there is none";
  try {
    await using _ = await backend.compile(architecture, { device: "tensorflow", precision: "mixed" });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function resultsOf(
  of: Backend,
  options: CompileOptions,
): Promise<ReadonlyMap<string, ArrayLike<number>>> {
  await using model = await of.compile(architecture, { maxBatch: 5, ...options });
  await model.writeParameters(parameters);
  const scores = await model.predict(smoothBatch);
  const { gradients } = await model.gradients(smoothBatch);
  return new Map([
    ["scores", scores.data],
    ...[...gradients].map(([name, { data }]) => [name, data] as const),
  ]);
}
