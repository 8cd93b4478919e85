import { type Layer, type LayerKindName, type PrimitiveKind, primitiveKinds } from "../layers/index.js";
import { parseNinBlock } from "../layers/nin-block.js";
import { SpecError } from "../reading/errors.js";
import { FieldReader, MAX_LAYERS } from "../reading/field-reader.js";
import { at } from "../reading/present.js";
import { inferLayers } from "./shapes.js";

/** The image a network takes: NCHW without the batch. */
export interface InputSpec {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** A network as data, valid and with every default filled in; sizes are [height, width]. */
export interface Architecture {
  readonly format: "nin-architecture";
  readonly version: 1;
  readonly name: string;
  readonly input: InputSpec;
  readonly layers: readonly Layer[];
}

// Marked as pure, and not spread: a page that reads no architecture would have every layer kind otherwise.
const PRIMITIVE_NAMES = /* @__PURE__ */ Object.keys(primitiveKinds) as PrimitiveKind[];
export const layerKindNames: readonly LayerKindName[] = /* @__PURE__ */ (
  ["ninBlock"] as LayerKindName[]
).concat(PRIMITIVE_NAMES);

/**
 * Reads an architecture from parsed JSON, fills in defaults and checks that every layer suits
 * its input.
 *
 * @throws `SpecError` naming the path: `layers[3].kernelSize: expected a positive integer or [height, width],
 * got -1`.
 *
 * @example
 * ```ts
 * const architecture = parseArchitecture(JSON.parse(await readFile("network.json", "utf8")));
 * ```
 */
export function parseArchitecture(json: unknown): Architecture {
  const root = new FieldReader(json, "");
  root.ignore("$schema");
  const architecture: Architecture = {
    format: root.literal("format", "nin-architecture"),
    version: root.literal("version", 1),
    name: root.string("name"),
    input: parseInput(root.object("input")),
    layers: parseLayers(root),
  };
  root.end();
  inferLayers(architecture);
  return architecture;
}

/** Whether two architectures compute the same function; their names do not matter. */
export function sameArchitecture(a: Architecture, b: Architecture): boolean {
  const content = ({ input, layers }: Architecture): string => JSON.stringify(canonical({ input, layers }));
  return content(a) === content(b);
}

/** Reads channels, height and width. */
export function parseInput(fields: FieldReader): InputSpec {
  const input = {
    channels: fields.positiveInteger("channels"),
    height: fields.positiveInteger("height"),
    width: fields.positiveInteger("width"),
  };
  fields.end();
  return input;
}

function parseLayers(root: FieldReader): readonly Layer[] {
  const layers = root.array("layers", MAX_LAYERS);
  if (layers.length === 0) root.fail("layers", "at least one layer");
  // Not `map`, which passes over the holes of an array.
  return Array.from(layers, (layer, index) => parseLayer(new FieldReader(layer, `layers[${index}]`)));
}

function parseLayer(fields: FieldReader): Layer {
  const kind = fields.oneOf("kind", layerKindNames);
  const layer: Layer = kind === "ninBlock" ? parseNinBlock(fields) : primitiveKinds[kind].parse(fields);
  fields.end();
  return layer;
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, field]) => [key, canonical(field)]),
  );
}

/** @throws `SpecError` when the network's output is not one score for each of `classes`. */
export function requireClasses(architecture: Architecture, classes: number): void {
  const output = at(inferLayers(architecture), -1).outputShape;
  if (output.length !== 1 || output[0] !== classes) {
    throw new SpecError("layers", `an output of shape [${classes}], one score a class`, output);
  }
}
