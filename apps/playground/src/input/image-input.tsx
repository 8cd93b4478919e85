import type { ImageFormat } from "@nin/data";
import { at } from "@nin/spec";
import type { TargetedKeyboardEvent } from "preact";
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { drawPicture, type Picture, PixelCanvas } from "../inside/index.js";
import { type Background, needsInversion } from "./background.js";
import { Camera } from "./camera.js";
import { DrawingPad } from "./drawing-pad.js";
import { FileInput } from "./file-input.js";
import "./input.css";
import { changedPicture, pictureOfDrawing } from "./pictures.js";

/** Where a picture comes from. */
export type PictureSource = "drawing" | "file" | "camera";

export interface ImageInputProps {
  /** What the model takes: the `imageFormat` that it was compiled with. */
  readonly format: ImageFormat;
  /** Of the data set: `backgroundOf`. */
  readonly background: Background;
  /** The picture as the model takes it; undefined when there is none any more. */
  readonly onPicture: (picture: Picture | undefined, source: PictureSource) => void;
  /** Why there is no picture: one line, which is also shown here. */
  readonly onProblem?: ((message: string) => void) | undefined;
}

const SOURCES = ["drawing", "file", "camera"] as const;
const TITLES: Readonly<Record<PictureSource, string>> = { drawing: "Draw", file: "File", camera: "Camera" };

type Sheet = Parameters<typeof pictureOfDrawing>[0];

/** A picture of the user's own, made into what the network takes. */
export function ImageInput({ format, background, onPicture, onProblem }: ImageInputProps) {
  const id = useId();
  const [source, setSource] = useState<PictureSource>("drawing");
  const [sheet, setSheet] = useState<Sheet>();
  const [taken, setTaken] = useState<Picture>();
  const [isFitted, setFitted] = useState(true);
  const [isGrey, setGrey] = useState(false);
  /** What the user decided; until then it follows from the picture. */
  const [asked, setAsked] = useState<boolean>();
  const [problem, setProblem] = useState<string>();
  const { channels, height, width } = format;

  const original = useMemo(() => {
    if (source !== "drawing") return fits(taken, format) ? taken : undefined;
    return sheet === undefined ? undefined : pictureOfDrawing(sheet, { channels, height, width }, isFitted);
  }, [source, sheet, taken, isFitted, channels, height, width]);
  const isInverted =
    asked ?? (original !== undefined && needsInversion(original.pixels, original, background));
  const picture = useMemo(
    () => (original === undefined ? undefined : changedPicture(original, { isInverted, isGrey })),
    [original, isInverted, isGrey],
  );

  const latest = useRef({ onPicture, had: false });
  latest.current.onPicture = onPicture;
  useEffect(() => {
    // Before the first picture there is nothing to take back.
    if (picture === undefined && !latest.current.had) return;
    latest.current.had = picture !== undefined;
    latest.current.onPicture(picture, source);
  }, [picture]);

  const choose = (next: PictureSource): void => {
    setSource(next);
    setTaken(undefined);
    setSheet(undefined);
    setAsked(undefined);
    setProblem(undefined);
  };
  const complain = (message: string): void => {
    setProblem(message);
    onProblem?.(message);
  };
  const take = (next: Picture): void => {
    setProblem(undefined);
    setTaken(next);
  };
  return (
    <div class="image-input">
      <Tabs id={id} source={source} onChoose={choose} />
      <div class="input-panels">
        <div id={`${id}-panel`} role="tabpanel" aria-labelledby={`${id}-${source}`} class="input-panel">
          {source === "drawing" && <DrawingPad onSheet={setSheet} isInkDark={background === "light"} />}
          {source === "file" && (
            <FileInput
              format={format}
              onPicture={(next) => {
                setAsked(undefined);
                take(next);
              }}
              onProblem={complain}
            />
          )}
          {source === "camera" && <Camera format={format} onFrame={take} onProblem={complain} />}
          <p class="input-problem" role="alert">
            {problem}
          </p>
        </div>
        <div class="input-result">
          <Preview picture={picture} format={format} />
          <div class="input-options">
            {source === "drawing" && (
              <label>
                <input type="checkbox" checked={isFitted} onChange={() => setFitted(!isFitted)} />
                centred, as large as it fits
              </label>
            )}
            <label>
              <input type="checkbox" checked={isInverted} onChange={() => setAsked(!isInverted)} />
              inverted
            </label>
            {channels === 3 && source !== "drawing" && (
              <label>
                <input type="checkbox" checked={isGrey} onChange={() => setGrey(!isGrey)} />
                without colours
              </label>
            )}
          </div>
        </div>
      </div>
    </div>
  );
}

function Tabs(props: { id: string; source: PictureSource; onChoose: (source: PictureSource) => void }) {
  const { id, source, onChoose } = props;
  const move = (event: TargetedKeyboardEvent<HTMLDivElement>): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = at(SOURCES, (SOURCES.indexOf(source) + step + SOURCES.length) % SOURCES.length);
    onChoose(next);
    document.getElementById(`${id}-${next}`)?.focus();
  };
  return (
    <div role="tablist" aria-label="Where the picture comes from" class="input-tabs" onKeyDown={move}>
      {SOURCES.map((each) => (
        <button
          key={each}
          type="button"
          role="tab"
          id={`${id}-${each}`}
          aria-selected={each === source}
          aria-controls={`${id}-panel`}
          tabIndex={each === source ? 0 : -1}
          onClick={() => onChoose(each)}
        >
          {TITLES[each]}
        </button>
      ))}
    </div>
  );
}

function Preview({
  picture,
  format,
}: {
  readonly picture: Picture | undefined;
  readonly format: ImageFormat;
}) {
  const { channels, height, width } = format;
  const draw = useMemo(
    () => (pixels: Uint32Array) => {
      if (picture !== undefined) drawPicture(picture, picture, pixels);
    },
    [picture],
  );
  const colours = channels === 1 ? "grey" : "in colour";
  return (
    <figure class="input-preview">
      <PixelCanvas
        height={height}
        width={width}
        draw={draw}
        label={picture === undefined ? "No picture yet" : "The picture as the network gets it"}
      />
      <figcaption>
        What the network gets: {height}&times;{width}, {colours}
      </figcaption>
    </figure>
  );
}

/** A picture that was taken for another network is none. */
function fits(picture: Picture | undefined, { channels, height, width }: ImageFormat): boolean {
  return picture?.channels === channels && picture.height === height && picture.width === width;
}
