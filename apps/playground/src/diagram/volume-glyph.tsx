import { DEPTH_RISE, type Volume } from "./volume.js";

/** Half of a line's width, which must not be cut off. */
const EDGE = 1;

/** A layer's output as a box. It is decoration: its shape is there as text. */
export function VolumeGlyph({
  volume,
  tone,
}: {
  readonly volume: Volume;
  readonly tone: "weighted" | "plain";
}) {
  const { frontWidth: w, frontHeight: h, depth } = volume;
  const rise = depth * DEPTH_RISE;
  const [width, height] = [w + depth + 2 * EDGE, h + rise + 2 * EDGE];
  return (
    <svg
      class={`volume volume-${tone}`}
      width={width}
      height={height}
      viewBox={`${-EDGE} ${-EDGE - rise} ${width} ${height}`}
      aria-hidden="true"
      focusable="false"
    >
      <polygon class="volume-top" points={`0,0 ${depth},${-rise} ${w + depth},${-rise} ${w},0`} />
      <polygon
        class="volume-side"
        points={`${w},0 ${w + depth},${-rise} ${w + depth},${h - rise} ${w},${h}`}
      />
      <rect class="volume-front" width={w} height={h} />
    </svg>
  );
}
