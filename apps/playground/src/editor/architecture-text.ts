import type { Architecture, Layer, Size2d } from "@nin/spec";

/**
 * An architecture as a person would write it: JSON with a line for each layer, sizes of equal sides as one number, and
 * nothing that is a default.
 *
 * @example
 * ```ts
 * const text = architectureText(builtinArchitecture("nin-mnist"));
 * ```
 */
export function architectureText({ format, version, name, input, layers }: Architecture): string {
  const fields = [
    `"format": ${JSON.stringify(format)}`,
    `"version": ${version}`,
    `"name": ${JSON.stringify(name)}`,
    `"input": ${oneLine(input)}`,
    `"layers": [\n${layers.map((layer) => `    ${oneLine(written(layer))}`).join(",\n")}\n  ]`,
  ];
  return `{\n${fields.map((field) => `  ${field}`).join(",\n")}\n}\n`;
}

/** The fields of a layer that are no defaults. */
function written(layer: Layer): object {
  return Object.fromEntries(
    Object.entries(layer).flatMap(([name, value]) =>
      isDefault(name, value, layer) ? [] : [[name, isSize(name, value) ? shortSize(value) : value]],
    ),
  );
}

function isDefault(name: string, value: unknown, layer: Layer): boolean {
  switch (name) {
    case "stride":
      // Of a pool it has no default.
      return (layer.kind === "conv2d" || layer.kind === "ninBlock") && isBoth(value, 1);
    case "padding":
      return isBoth(value, 0);
    case "mlpKernelSize":
      return isBoth(value, 1);
    case "mlpChannels":
      return layer.kind === "ninBlock" && isBoth(value, layer.outChannels);
    case "bias":
      return value === true;
    case "ceilMode":
      return value === false;
    default:
      return false;
  }
}

function isBoth(value: unknown, expected: number): boolean {
  return Array.isArray(value) && value.length === 2 && value.every((extent) => extent === expected);
}

function isSize(name: string, value: unknown): value is Size2d {
  return ["kernelSize", "stride", "padding", "mlpKernelSize"].includes(name) && Array.isArray(value);
}

function shortSize(size: Size2d): number | Size2d {
  return size[0] === size[1] ? size[0] : size;
}

/** JSON in one line, with the spaces that Biome and Prettier give it. */
function oneLine(value: object): string {
  const fields = Object.entries(value).map(
    ([name, field]) =>
      `${JSON.stringify(name)}: ${Array.isArray(field) ? `[${field.join(", ")}]` : JSON.stringify(field)}`,
  );
  return `{ ${fields.join(", ")} }`;
}
