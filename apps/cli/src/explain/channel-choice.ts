import { type Architecture, at, inferLayers, present, shownNames, shownText } from "@nin/spec";
import { featureLayers, type RealizedNetwork } from "@nin/training";
import { InvalidArgumentError } from "commander";
import { UsageError } from "../errors/usage-error.js";

/** Which channels of which layers are shown. */
export interface ChannelChoice {
  /** Names of layers: `net.3`. */
  readonly layers: readonly string[];
  /** The same ones of each layer; absent where the page chooses. */
  readonly channels?: readonly number[];
}

/** More are no list that anyone would look through. */
const MOST_LISTED = 1000;

/** Parses an option's value: `net.0,net.3`. */
export function layerList(text: string): readonly string[] {
  const names = text.split(",").map((name) => name.trim());
  if (names.every((name) => name !== "")) return [...new Set(names)];
  throw new InvalidArgumentError("Expected names of layers joined by commas, such as net.0,net.3.");
}

/** Parses an option's value: `0,5,10-13`. */
export function channelList(text: string): readonly number[] {
  const channels = text.split(",").flatMap((part) => {
    const [first, last] = (/^(\d{1,9})(?:-(\d{1,9}))?$/.exec(part.trim()) ?? []).slice(1);
    const range = { from: Number(first), to: Number(last ?? first) };
    if (first === undefined || range.to < range.from || range.to - range.from >= MOST_LISTED) {
      throw new InvalidArgumentError(
        "Expected channels from 0 and ranges of them joined by commas, such as 0,5,10-13.",
      );
    }
    return Array.from({ length: range.to - range.from + 1 }, (_, index) => range.from + index);
  });
  return [...new Set(channels)];
}

/**
 * The layers that were asked for, by default all that detect features.
 *
 * @throws `UsageError` for a layer that the network does not have or that has no channels, or a channel that one of the
 *   layers does not have
 */
export function requireChannels(
  architecture: Architecture,
  { layers, channels }: Partial<ChannelChoice>,
): ChannelChoice {
  const network = plannedNetwork(architecture);
  const sizes = new Map(
    network.layers
      .filter(({ outputShape }) => outputShape.length === 4)
      .map(({ name, outputShape }) => [name, at(outputShape, 1)]),
  );
  const chosen = layers ?? featureLayers(network);
  for (const name of chosen) {
    const count = sizes.get(name);
    if (count === undefined) {
      const names = shownNames([...sizes.keys()]);
      throw new UsageError(`--layer: expected layers with channels (${names}), got ${shownText(name)}`);
    }
    const outside = channels?.find((channel) => channel >= count);
    if (outside !== undefined) {
      throw new UsageError(`--channels: ${name} has the channels 0 to ${count - 1}, got ${outside}`);
    }
  }
  return { layers: chosen, ...(channels && { channels }) };
}

/** The layers as a backend will realize them. */
export function plannedNetwork(architecture: Architecture): RealizedNetwork {
  const last = inferLayers(architecture).filter((placed) => placed.last);
  return {
    layers: architecture.layers.map(({ kind }, index) => {
      const { outputShape } = present(last.find(({ layerIndex }) => layerIndex === index));
      return { name: `net.${index}`, kind, outputShape: [1, ...outputShape] };
    }),
  };
}
