import { NinError, type RealizedLayer } from "@nin/backend";
import {
  type Architecture,
  type ArchitectureSummary,
  at,
  elementCount,
  type LayerSummary,
  summarize,
} from "@nin/spec";
import { type BackendChoice, withModel } from "../arguments/backend-options.js";
import { plural } from "../terminal/format.js";

/** A backend that built another network than the specification's. */
export class RealizationError extends NinError {
  constructor(backend: string, layer: string, expected: string, given: string) {
    super("NIN_CHECK_FAILED", `${backend}: ${layer}: expected ${expected}, realized ${given}`);
  }
}

/**
 * The summary with every shape and parameter count of the network that the backend built.
 *
 * @throws `RealizationError` when one differs from the specification; what compiling throws
 */
export async function realizedSummary(
  architecture: Architecture,
  choice: BackendChoice,
  { expand }: { readonly expand: boolean },
): Promise<ArchitectureSummary> {
  const summary = summarize(architecture, { expand });
  const realized = await withModel(choice, architecture, { maxBatch: 1 }, async ({ layers }) => layers);
  const entries = expand ? realized.flatMap((layer) => layer.inner ?? [layer]) : realized;
  return requireRealized(choice.backend, summary, entries);
}

/**
 * A summary with the shapes and parameter counts that a backend built.
 *
 * @throws `RealizationError` when one differs from the specification
 */
export function requireRealized(
  backend: string,
  summary: ArchitectureSummary,
  realized: readonly Omit<RealizedLayer, "inner">[],
): ArchitectureSummary {
  if (realized.length !== summary.layers.length) {
    throw new RealizationError(
      backend,
      "the network",
      plural(summary.layers.length, "layer"),
      `${realized.length}`,
    );
  }
  const layers = summary.layers.map((layer, index) => asRealized(backend, layer, at(realized, index)));
  const parameters = layers.reduce((sum, layer) => sum + layer.parameters, 0);
  return { ...summary, layers, parameters };
}

function asRealized(
  backend: string,
  expected: LayerSummary,
  realized: Omit<RealizedLayer, "inner">,
): LayerSummary {
  const { name, kind, outputShape, parameters: tensors } = realized;
  const parameters = [...tensors.values()].reduce((sum, shape) => sum + elementCount(shape), 0);
  const text = (layer: object): string => JSON.stringify(layer);
  const wanted = text([expected.name, expected.kind, expected.outputShape, expected.parameters]);
  const found = text([name, kind, outputShape, parameters]);
  if (found !== wanted) throw new RealizationError(backend, expected.name, wanted, found);
  return { ...expected, outputShape, parameters };
}
