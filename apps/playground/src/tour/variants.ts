import { type Architecture, type Layer, parseArchitecture } from "@nin/spec";

/** The units of AlexNet's and VGG's fully connected layers. */
export const WIDE_UNITS = 4096;

/** A network as before under another name, with other layers; checked as one from a file is. */
export function withLayers(
  architecture: Architecture,
  name: string,
  layers: readonly (Layer | { readonly kind: string })[],
): Architecture {
  return parseArchitecture({ ...architecture, name, layers });
}

/** The position of the last NiN block that gives the maps which are averaged; undefined where there is no such head. */
export function headBlockIndex({ layers }: Architecture): number | undefined {
  const pool = layers.findLastIndex(({ kind }) => kind === "globalAvgPool2d");
  const block = layers.findLastIndex(({ kind }) => kind === "ninBlock");
  const between = layers.slice(block + 1, pool);
  return pool > 0 && block >= 0 && block < pool && between.length === 0 ? block : undefined;
}

/** A network with AlexNet's head in place of its last block and the average; undefined where it has none of that. */
export function withWideHead(architecture: Architecture, classes: number): Architecture | undefined {
  const block = headBlockIndex(architecture);
  if (block === undefined) return undefined;
  const wide = [
    { kind: "linear", outFeatures: WIDE_UNITS },
    { kind: "relu" },
    { kind: "dropout", rate: 0.5 },
  ];
  return withLayers(architecture, `${architecture.name}, ${WIDE_UNITS}-${WIDE_UNITS} head`, [
    ...architecture.layers.slice(0, block),
    { kind: "flatten" },
    ...wide,
    ...wide,
    { kind: "linear", outFeatures: classes },
  ]);
}

/** A network whose last features go into one linear layer, without the last block. */
export function withLinearHead(architecture: Architecture, classes: number): Architecture {
  const { layers, name } = architecture;
  const block = headBlockIndex(architecture) ?? layers.length;
  const head = [{ kind: "flatten" }, { kind: "linear", outFeatures: classes }];
  return withLayers(architecture, `${name}, linear head`, [...layers.slice(0, block), ...head]);
}

/** A network whose last block has other channels: of its first convolution, then of the others. */
export function withHeadChannels(
  architecture: Architecture,
  [outChannels, ...mlpChannels]: readonly [number, ...number[]],
): Architecture {
  const block = headBlockIndex(architecture);
  const name = `${architecture.name}, last block ${[outChannels, ...mlpChannels].join("-")}`;
  const layers = architecture.layers.map((layer, index) =>
    index === block ? { ...layer, outChannels, mlpChannels } : layer,
  );
  return withLayers(architecture, name, layers);
}
