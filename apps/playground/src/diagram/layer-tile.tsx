import type { Shape } from "@nin/spec";
import type { ComponentChildren } from "preact";
import { type DiagramLayer, type LayerFigures, shapeText } from "./diagram-network.js";
import { exactCount, shortBytes, shortCount } from "./figures.js";
import { type VolumeScale, volumeOf } from "./volume.js";
import { VolumeGlyph } from "./volume-glyph.js";

/** What all tiles of a diagram share. */
export interface TileLook {
  readonly scale: VolumeScale;
  /** What the bars below the figures are shares of. */
  readonly totals: LayerFigures;
  readonly selected: string | undefined;
  readonly highlighted: readonly string[];
  readonly onSelect: ((name: string) => void) | undefined;
}

/** One layer: its output as a box, and what it costs. A button where it can be chosen. */
export function LayerTile({ layer, look }: { readonly layer: DiagramLayer; readonly look: TileLook }) {
  const { name, title, detail, shape } = layer;
  return (
    <Tile name={name} look={look} shape={shape} tone={layer.parameters > 0 ? "weighted" : "plain"}>
      <span class="tile-title">{title}</span>
      <Pause />
      <code class="tile-name">{name}</code>
      <Pause />
      {detail !== "" && (
        <>
          <span class="tile-detail">{detail}</span>
          <Pause />
        </>
      )}
      <span class="tile-shape">{shapeText(shape)}</span>
      <Figures layer={layer} totals={look.totals} />
    </Tile>
  );
}

/** The image that the network takes. */
export function InputTile({ name, shape, look }: { name: string; shape: Shape; look: TileLook }) {
  return (
    <Tile name={name} look={look} shape={shape} tone="plain">
      <span class="tile-title">Input</span>
      <Pause />
      <span class="tile-detail">the image</span>
      <Pause />
      <span class="tile-shape">{shapeText(shape)}</span>
    </Tile>
  );
}

interface TileProps {
  readonly name: string;
  readonly shape: Shape;
  readonly tone: "weighted" | "plain";
  readonly look: TileLook;
  readonly children: ComponentChildren;
}

function Tile({ name, shape, tone, look, children }: TileProps) {
  const { onSelect, scale } = look;
  const isPointedAt = look.highlighted.includes(name);
  const marks = `layer-tile tile-${tone}${isPointedAt ? " tile-highlighted" : ""}`;
  const content = (
    <>
      <span class="tile-glyph">
        <VolumeGlyph volume={volumeOf(shape, scale)} tone={tone} />
      </span>
      <span class="tile-text">
        {children}
        {isPointedAt && (
          <>
            <Pause />
            <span class="tile-hand">tour</span>
          </>
        )}
      </span>
    </>
  );
  if (onSelect === undefined) return <div class={marks}>{content}</div>;
  return (
    <button type="button" class={marks} aria-pressed={look.selected === name} onClick={() => onSelect(name)}>
      {content}
    </button>
  );
}

function Figures({ layer, totals }: { readonly layer: LayerFigures; readonly totals: LayerFigures }) {
  const { parameters, macs, activationBytes } = layer;
  return (
    <span class="tile-figures">
      {parameters > 0 && (
        <Figure text={`${exactCount(parameters)} parameters`} share={parameters / totals.parameters} />
      )}
      {macs > 0 && <Figure text={`${shortCount(macs)} MACs`} share={macs / totals.macs} />}
      {activationBytes > 0 && (
        <Figure text={shortBytes(activationBytes)} share={activationBytes / totals.activationBytes} />
      )}
    </span>
  );
}

function Figure({ text, share }: { readonly text: string; readonly share: number }) {
  return (
    <span class="tile-figure">
      <Pause />
      {text}
      <span class="tile-share" style={{ "--share": share.toFixed(4) }} />
    </span>
  );
}

/** What stands in lines of their own is read with a pause. */
function Pause() {
  return <span class="tile-pause">, </span>;
}
