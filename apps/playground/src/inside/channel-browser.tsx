import { colourGradient } from "@nin/page/colours";
import type { ComponentChildren } from "preact";
import { useId, useMemo, useState } from "preact/hooks";
import { type ColourMapName, colourMaps } from "./colour-maps.js";
import {
  channelAt,
  channelRanges,
  channelText,
  colourMapOf,
  colourRange,
  commonRange,
  drawMaps,
  formatValue,
  type Maps,
  mapGrid,
  oneMap,
} from "./map-grid.js";
import { PixelCanvas } from "./pixel-canvas.js";

interface ChannelBrowserProps {
  readonly maps: Maps;
  /** What the maps are called together, as `Activation maps of net.0`. */
  readonly label: string;
  /** What one is called, as `channel`. */
  readonly noun: string;
  readonly nameOf?: ((channel: number) => string | undefined) | undefined;
  /** Also where nothing is negative, as for weights. */
  readonly isSigned?: boolean;
  readonly startsWith: "common" | "own";
  readonly children?: ComponentChildren;
}

/** All channels side by side, and one of them large. */
export function ChannelBrowser(props: ChannelBrowserProps) {
  const { maps, label, noun, nameOf, isSigned = false, startsWith, children } = props;
  const { channels, height, width } = maps;
  const [asked, setChannel] = useState(0);
  const [scale, setScale] = useState<"common" | "own">(startsWith);
  const id = useId();
  const channel = Math.min(asked, channels - 1);
  const ranges = useMemo(() => channelRanges(maps), [maps]);
  const common = useMemo(() => commonRange(ranges), [ranges]);
  const grid = useMemo(() => mapGrid({ channels, height, width }), [channels, height, width]);
  const colours: ColourMapName = isSigned ? "diverging" : colourMapOf(common);
  const rangeOf = (index: number) =>
    colourRange(scale === "common" ? common : (ranges[index] ?? common), colours);
  const draw = useMemo(
    () => (pixels: Uint32Array) => drawMaps(maps, grid, pixels, rangeOf, colours),
    [maps, grid, scale, colours],
  );
  const chosen = useMemo(() => oneMap(maps, channel), [maps, channel]);
  const single = useMemo(() => mapGrid({ channels: 1, height, width }), [height, width]);
  const drawChosen = useMemo(
    () => (pixels: Uint32Array) => drawMaps(chosen, single, pixels, () => rangeOf(channel), colours),
    [chosen, single, scale, colours],
  );
  const name = nameOf?.(channel);
  const title = name === undefined ? `${noun} ${channel}` : `${noun} ${channel}, ${name}`;
  const silent = ranges.filter(({ low, high }) => low === 0 && high === 0).length;
  return (
    <div class="channel-browser">
      <div class="channel-layout">
        <div class="channel-grid">
          <PixelCanvas
            width={grid.width}
            height={grid.height}
            label={`${label}: ${channels} side by side${silent > 0 ? `, ${silent} of them 0 everywhere` : ""}`}
            draw={draw}
            onClick={(event) => {
              const { width: shownWidth, height: shownHeight } = event.currentTarget.getBoundingClientRect();
              const found = channelAt(
                event.offsetX / shownWidth,
                event.offsetY / shownHeight,
                grid,
                channels,
              );
              if (found !== undefined) setChannel(found);
            }}
          />
          <span class="channel-frame" style={framePlace(channel, grid)} />
        </div>
        <div class="channel-chosen">
          <PixelCanvas width={single.width} height={single.height} draw={drawChosen} />
          <div class="channel-facts">
            <label for={`${id}-channel`}>{title}</label>
            <input
              id={`${id}-channel`}
              type="range"
              min={0}
              max={channels - 1}
              value={channel}
              aria-valuetext={title}
              onInput={(event) => setChannel(Number(event.currentTarget.value))}
            />
            <p class="channel-text">{channelText(chosen)}</p>
            <fieldset class="scale-choice">
              <legend>Colours from least to most</legend>
              <label>
                <input
                  type="radio"
                  name={id}
                  checked={scale === "common"}
                  onChange={() => setScale("common")}
                />
                of all {noun}s
              </label>
              <label>
                <input type="radio" name={id} checked={scale === "own"} onChange={() => setScale("own")} />
                of each {noun}
              </label>
            </fieldset>
            <ColourScale name={colours} {...rangeOf(channel)} />
            {children}
          </div>
        </div>
      </div>
    </div>
  );
}

/** What colours stand for. */
export function ColourScale({ name, low, high }: { name: ColourMapName; low: number; high: number }) {
  return (
    <p class="colour-scale">
      <span>{formatValue(low, 3)}</span>
      <span class="colour-bar" style={{ background: colourGradient(colourMaps[name]) }} />
      <span>{formatValue(high, 3)}</span>
    </p>
  );
}

function framePlace(channel: number, grid: ReturnType<typeof mapGrid>): Record<string, string> {
  const share = (pixels: number, all: number): string => `${(100 * pixels) / all}%`;
  const [column, row] = [channel % grid.columns, Math.floor(channel / grid.columns)];
  return {
    left: share(column * grid.cellWidth, grid.width),
    top: share(row * grid.cellHeight, grid.height),
    width: share(grid.cellWidth - 2, grid.width),
    height: share(grid.cellHeight - 2, grid.height),
  };
}
