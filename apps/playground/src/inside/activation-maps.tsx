import type { Tensor } from "@nin/spec";
import { useMemo } from "preact/hooks";
import { ChannelBrowser } from "./channel-browser.js";
import "./inside.css";
import { mapsOf } from "./map-grid.js";

export interface ActivationMapsProps {
  /** What is shown: `net.3`. */
  readonly layer: string;
  /** What `Model.activations` gives of it: [N, channels, height, width] or [N, features]; image 0 is shown. */
  readonly output: Tensor;
  /** Names of the channels, where they are classes. */
  readonly channelNames?: readonly string[] | undefined;
  /** How much of the input each place has seen: `receptiveField` of `@nin/training`. */
  readonly receptiveField?: { readonly height: number; readonly width: number } | undefined;
}

/** What each channel of a layer makes of an image. */
export function ActivationMaps({ layer, output, channelNames, receptiveField }: ActivationMapsProps) {
  const maps = useMemo(() => mapsOf(output), [output]);
  return (
    <ChannelBrowser
      maps={maps}
      label={`Activation maps of ${layer}`}
      noun="channel"
      nameOf={(channel) => channelNames?.[channel]}
      startsWith="common"
    >
      {receptiveField !== undefined && (
        <p class="channel-text">
          Each place has seen {receptiveField.height}&times;{receptiveField.width} pixels of the input.
        </p>
      )}
    </ChannelBrowser>
  );
}
