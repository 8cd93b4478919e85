/**
 * Random valid networks for property tests with fast-check.
 *
 * @example
 * ```ts
 * import { summarize } from "@nin/spec";
 * import { arbitraryArchitecture } from "@nin/spec/arbitrary";
 * import fc from "fast-check";
 *
 * const networks = arbitraryArchitecture({ maxLayers: 3 });
 * fc.assert(fc.property(networks, (network) => summarize(network).layers.length > 0));
 * ```
 *
 * @packageDocumentation
 */
import fc from "fast-check";
import { averagingHead, linearHead } from "./arbitrary/heads.js";
import { convSketch, type LayerSketch, ninBlockSketch, poolSketch } from "./arbitrary/window-sketches.js";
import { type Architecture, type InputSpec, parseArchitecture } from "./architecture/architecture.js";
import { inferLayers } from "./architecture/shapes.js";
import type { Shape } from "./layers/tensor.js";

/** What `arbitraryArchitecture` may draw. */
export interface ArbitraryArchitectureOptions {
  /** The most layers before the head, of one to six layers. By default 5; 12 are deep. */
  readonly maxLayers?: number;
  /** The most channels inside. By default 8; formulations that pay on wide layers only need some 20. */
  readonly maxChannels?: number;
  /** Whether dropout layers are drawn. By default true. */
  readonly dropout?: boolean;
}

const MAX_INPUT_CHANNELS = 3;
const MAX_EXTENT = 14;
const DEFAULT_MAX_LAYERS = 5;
const DEFAULT_MAX_CHANNELS = 8;

/**
 * Small valid networks of every layer kind, for property tests with fast-check: up to 3x14x14
 * inputs, 2 to 10 classes, at least one layer with weights. Windows of every sort are among them:
 * strides over the kernel, one axis padded alone, sizes and channels that are no multiple of 4.
 *
 * They are valid by construction, and stay so while fast-check shrinks them.
 */
export function arbitraryArchitecture(
  options: ArbitraryArchitectureOptions = {},
): fc.Arbitrary<Architecture> {
  return arbitraryArchitectureJson(options).map(parseArchitecture);
}

/** The same as JSON that a person might write: sizes as integers or pairs, defaults given or omitted. */
export function arbitraryArchitectureJson({
  maxLayers = DEFAULT_MAX_LAYERS,
  maxChannels = DEFAULT_MAX_CHANNELS,
  dropout = true,
}: ArbitraryArchitectureOptions = {}): fc.Arbitrary<object> {
  const channels = fc.integer({ min: 1, max: maxChannels });
  const extent = fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 6, max: MAX_EXTENT }) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: MAX_EXTENT }) },
  );
  return fc
    .record({
      input: fc.record({
        channels: fc.integer({ min: 1, max: MAX_INPUT_CHANNELS }),
        height: extent,
        width: extent,
      }),
      body: fc.array(bodySketch(channels, dropout), { maxLength: maxLayers, size: "max" }),
      head: fc.oneof(averagingHead(channels), linearHead(dropout)),
    })
    .map(({ input, body, head }) => {
      const layers: object[] = [];
      for (const sketch of body) layers.push(sketch(shapeAfter(input, layers)));
      return architectureJson(input, [...layers, ...head(shapeAfter(input, layers))]);
    });
}

function bodySketch(channels: fc.Arbitrary<number>, dropout: boolean): fc.Arbitrary<LayerSketch> {
  const rate = fc.constantFrom(0, 0.1, 0.5, 0.9);
  return fc.oneof(
    { weight: 6, arbitrary: convSketch(channels) },
    { weight: 6, arbitrary: ninBlockSketch(channels, channels) },
    { weight: 4, arbitrary: poolSketch("maxPool2d") },
    { weight: 4, arbitrary: poolSketch("avgPool2d") },
    { weight: 2, arbitrary: always({ kind: "relu" }) },
    { weight: 1, arbitrary: always({ kind: "globalAvgPool2d" }) },
    ...(dropout
      ? [
          {
            weight: 1,
            arbitrary: rate.map(
              (rate): LayerSketch =>
                () => ({ kind: "dropout", rate }),
            ),
          },
        ]
      : []),
  );
}

function always(layer: object): fc.Arbitrary<LayerSketch> {
  return fc.constant(() => layer);
}

function shapeAfter(input: InputSpec, layers: readonly object[]): Shape {
  if (layers.length === 0) return [input.channels, input.height, input.width];
  return inferLayers(parseArchitecture(architectureJson(input, layers))).at(-1)?.outputShape ?? [];
}

function architectureJson(input: InputSpec, layers: readonly object[]): object {
  return { format: "nin-architecture", version: 1, name: "random", input, layers };
}
