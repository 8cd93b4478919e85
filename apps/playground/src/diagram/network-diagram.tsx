import type { Architecture } from "@nin/spec";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { type DiagramLayer, diagramNetwork, INPUT_NAME } from "./diagram-network.js";
import "./diagram.css";
import { exactCount, shortBytes, shortCount } from "./figures.js";
import { InputTile, LayerTile, type TileLook } from "./layer-tile.js";
import { type VolumeLimits, volumeScale } from "./volume.js";

export interface NetworkDiagramProps {
  readonly architecture: Architecture;
  /** The layer that is looked at: `input`, `net.3`, or `net.0.2` inside a block. */
  readonly selected?: string | undefined;
  /** Without it layers cannot be chosen. */
  readonly onSelect?: ((name: string) => void) | undefined;
  /** Layers that the tour points at; a block that contains one is opened. */
  readonly highlighted?: readonly string[] | undefined;
}

const LIMITS: VolumeLimits = { side: 64, depth: 40 };
const NONE: readonly string[] = [];
/** More tiles would make the page slow; an architecture may have 100,000 layers. */
const MOST_SHOWN = 200;

/**
 * A network as a list of its layers, each with a box of its output's shape: from left to right where there is room, else
 * from top to bottom.
 */
export function NetworkDiagram({
  architecture,
  selected,
  onSelect,
  highlighted = NONE,
}: NetworkDiagramProps) {
  const network = useMemo(() => diagramNetwork(architecture), [architecture]);
  const { input, layers, totals } = network;
  const scale = useMemo(() => {
    const shapes = layers.flatMap(({ shape, inner }) => [shape, ...inner.map((each) => each.shape)]);
    return volumeScale([input, ...shapes], LIMITS);
  }, [input, layers]);
  const scroller = useRef<HTMLDivElement>(null);
  const pointed = highlighted.join(" ");
  useEffect(() => scrollTo(scroller.current, ".tile-highlighted"), [pointed]);
  useEffect(() => scrollTo(scroller.current, "[aria-pressed='true']"), [selected]);
  const look: TileLook = { scale, totals, selected, highlighted, onSelect };
  return (
    <div class="network-diagram">
      <p class="network-totals">
        <span>
          <strong>{exactCount(totals.parameters)}</strong> parameters
        </span>
        <span>
          <strong>{shortCount(totals.macs)}</strong> multiply-accumulates (MACs) an image
        </span>
        <span>
          <strong>{shortBytes(totals.activationBytes)}</strong> of activations an image
        </span>
      </p>
      <div ref={scroller} class="network-scroll" {...(onSelect === undefined ? { tabIndex: 0 } : {})}>
        <ol class="network-layers" aria-label={`Layers of ${architecture.name}`}>
          <li class="network-layer">
            <InputTile name={INPUT_NAME} shape={input} look={look} />
          </li>
          {layers.slice(0, MOST_SHOWN).map((layer) => (
            <LayerItem key={layer.name} layer={layer} look={look} />
          ))}
        </ol>
      </div>
      {layers.length > MOST_SHOWN && (
        <p class="network-legend">
          The first {MOST_SHOWN} of {exactCount(layers.length)} layers are drawn.
        </p>
      )}
      <p class="network-legend">
        The front of a box is a layer&rsquo;s output, height by width; its depth is the number of channels.
        Both are drawn by their square roots. Blue layers have weights. The lines below the figures are shares
        of the network&rsquo;s totals.
      </p>
    </div>
  );
}

/** Brings tiles into a row that scrolls, the first ones where not all fit; the page itself stays where it is. */
function scrollTo(scroller: HTMLElement | null, tiles: string): void {
  if (scroller === null) return;
  const places = Array.from(scroller.querySelectorAll(tiles), (tile) => tile.getBoundingClientRect());
  const row = scroller.getBoundingClientRect();
  const left = Math.min(...places.map((place) => place.left));
  const right = Math.max(...places.map((place) => place.right));
  if (places.length === 0 || (left >= row.left && right <= row.right)) return;
  const room = Math.max(0, row.width - (right - left));
  const isStill = matchMedia("(prefers-reduced-motion: reduce)").matches;
  scroller.scrollBy({ left: left - row.left - room / 2, behavior: isStill ? "instant" : "smooth" });
}

function LayerItem({ layer, look }: { readonly layer: DiagramLayer; readonly look: TileLook }) {
  const [isChosenOpen, setOpen] = useState<boolean>();
  const { name, title, inner } = layer;
  const isInside = (other: string | undefined): boolean => inner.some((each) => each.name === other);
  const isOpen = isChosenOpen ?? (isInside(look.selected) || look.highlighted.some(isInside));
  if (inner.length === 0)
    return (
      <li class="network-layer">
        <LayerTile layer={layer} look={look} />
      </li>
    );
  const count = inner.length === 1 ? "convolution" : `${inner.length} convolutions`;
  return (
    <li class={`network-layer network-block${isOpen ? " network-open" : ""}`}>
      <div class="block-head">
        <LayerTile layer={layer} look={look} />
        <button
          type="button"
          class="block-toggle"
          aria-expanded={isOpen}
          aria-label={`${count} of ${title} ${name}`}
          onClick={() => setOpen(!isOpen)}
        >
          {count}
        </button>
      </div>
      {isOpen && (
        <ol class="block-layers" aria-label={`Inside ${name}`}>
          {inner.slice(0, MOST_SHOWN).map((each) => (
            <li key={each.name} class="network-layer">
              <LayerTile layer={each} look={look} />
            </li>
          ))}
        </ol>
      )}
    </li>
  );
}
