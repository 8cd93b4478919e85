import type { TargetedMouseEvent } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { drawSoon } from "./draw-queue.js";

interface PixelCanvasProps {
  readonly width: number;
  readonly height: number;
  /** What it shows, for a reader who cannot see it; without it the canvas is decoration. */
  readonly label?: string | undefined;
  /** Fills the pixels, which begin transparent: those of an `ImageData`. Called whenever it is another function. */
  readonly draw: (pixels: Uint32Array) => void;
  readonly class?: string;
  readonly onClick?: (event: TargetedMouseEvent<HTMLCanvasElement>) => void;
}

/** A picture that is drawn pixel by pixel, and shown at any size without smoothing. */
export function PixelCanvas({
  width,
  height,
  label,
  draw,
  class: className = "",
  onClick,
}: PixelCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  // The same memory for each drawing of a size, so that live pictures leave no garbage.
  const kept = useRef<ImageData>(null);
  useEffect(() => {
    const { current } = canvas;
    if (current === null) return;
    return drawSoon(current, () => {
      const context = current.getContext("2d");
      if (context === null) return;
      const isKept = kept.current?.width === width && kept.current.height === height;
      const image = isKept && kept.current !== null ? kept.current : context.createImageData(width, height);
      if (isKept) image.data.fill(0);
      kept.current = image;
      draw(new Uint32Array(image.data.buffer));
      context.putImageData(image, 0, 0);
    });
  }, [width, height, draw]);
  const text =
    label === undefined ? ({ "aria-hidden": true } as const) : { role: "img" as const, "aria-label": label };
  return (
    <canvas
      ref={canvas}
      class={`pixel-canvas ${className}`}
      width={width}
      height={height}
      {...text}
      {...(onClick === undefined ? {} : { onClick })}
    />
  );
}
