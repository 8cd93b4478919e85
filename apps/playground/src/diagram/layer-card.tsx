import type { Shape } from "@nin/spec";
import type { ComponentChildren } from "preact";
import { type DiagramLayer, type LayerFigures, shapeText } from "./diagram-network.js";
import { exactCount, shortBytes, shortCount } from "./figures.js";
import { type VolumeScale, volumeOf } from "./volume.js";
import { VolumeGlyph } from "./volume-glyph.js";

/** What all cards of a diagram share. */
export interface CardLook {
  readonly scale: VolumeScale;
  /** What the bars below the figures are shares of. */
  readonly totals: LayerFigures;
  readonly selected: string | undefined;
  readonly highlighted: readonly string[];
  readonly onSelect: ((name: string) => void) | undefined;
}

/** One layer: its output as a box, and what it costs. A button where it can be chosen. */
export function LayerCard({ layer, look }: { readonly layer: DiagramLayer; readonly look: CardLook }) {
  const { name, title, detail, shape } = layer;
  return (
    <Card name={name} look={look} shape={shape} tone={layer.parameters > 0 ? "weighted" : "plain"}>
      <span class="card-title">{title}</span>
      <code class="card-name">{name}</code>
      {detail !== "" && <span class="card-detail">{detail}</span>}
      <span class="card-shape">{shapeText(shape)}</span>
      <Figures layer={layer} totals={look.totals} />
    </Card>
  );
}

/** The image that the network takes. */
export function InputCard({ name, shape, look }: { name: string; shape: Shape; look: CardLook }) {
  return (
    <Card name={name} look={look} shape={shape} tone="plain">
      <span class="card-title">Input</span>
      <span class="card-detail">the image</span>
      <span class="card-shape">{shapeText(shape)}</span>
    </Card>
  );
}

interface CardProps {
  readonly name: string;
  readonly shape: Shape;
  readonly tone: "weighted" | "plain";
  readonly look: CardLook;
  readonly children: ComponentChildren;
}

function Card({ name, shape, tone, look, children }: CardProps) {
  const { onSelect, scale } = look;
  const isPointedAt = look.highlighted.includes(name);
  const marks = `layer-card card-${tone}${isPointedAt ? " card-highlighted" : ""}`;
  const content = (
    <>
      <span class="card-glyph">
        <VolumeGlyph volume={volumeOf(shape, scale)} tone={tone} />
      </span>
      <span class="card-text">
        {children}
        {isPointedAt && <span class="card-hand">tour</span>}
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
    <span class="card-figures">
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
    <span class="card-figure">
      {text}
      <span class="card-share" style={{ "--share": share.toFixed(4) }} />
    </span>
  );
}
