import type { LabelledBatch } from "@nin/backend";
import type { ReferenceModel } from "@nin/backend-reference";
import { type Architecture, classCount, initialParameters, type Parameters } from "@nin/spec";
import { randomLabels, randomTensor } from "./random-tensors.js";

/** Below it a rounding may change which side of a kink a value is on. */
const MIN_MARGIN = 1e-5;
const MAX_DRAWS = 8;

/** Initial weights that keep activations' sizes, with biases. */
export function heParameters(architecture: Architecture, seed: number): Parameters {
  return initialParameters(architecture, { weight: "heUniform", bias: "uniformFanIn", overrides: {} }, seed);
}

/** Images in [-1, 1) with labels. */
export function randomBatch(
  architecture: Architecture,
  count: number,
  seed: number,
): LabelledBatch & {
  readonly input: ReturnType<typeof randomTensor>;
} {
  const { channels, height, width } = architecture.input;
  return {
    input: randomTensor([count, channels, height, width], seed),
    labels: randomLabels(count, classCount(architecture), seed + 1),
  };
}

/**
 * Gives the oracle parameters with which a batch is away from every kink, drawn anew until it is;
 * undefined when it never is, as where a pool sees one value twice.
 */
export async function drawAwayFromKinks(
  oracle: ReferenceModel,
  architecture: Architecture,
  count: number,
  seed: number,
): Promise<{ readonly parameters: Parameters; readonly batch: ReturnType<typeof randomBatch> } | undefined> {
  for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
    const parameters = heParameters(architecture, seed + draw);
    const batch = randomBatch(architecture, count, seed + draw);
    await oracle.writeParameters(parameters);
    if ((await oracle.margin(batch)).smallest >= MIN_MARGIN) return { parameters, batch };
  }
  return undefined;
}
