import { at } from "@nin/spec";
import { useSignal } from "@preact/signals";
import { lazy, Suspense } from "preact/compat";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { DataDescription } from "../contract/protocol.js";
import type { Picture } from "../inside/index.js";
import { data } from "../state/playground.js";

const OwnPicture = lazy(async () => ({ default: (await import("./own-picture.js")).OwnPicture }));

interface PicturePickerProps {
  readonly onPicture: (chosen: { readonly picture: Picture; readonly label?: number } | undefined) => void;
}

/** Test images to look at, or a picture of one's own. */
export function PicturePicker({ onPicture }: PicturePickerProps) {
  const described = data.value;
  const chosen = useSignal(0);
  const isOwn = useSignal(false);
  useEffect(() => {
    chosen.value = 0;
    onPicture(undefined);
  }, [described]);
  if (described === undefined) return <p class="pg-note">Loading the images</p>;
  const choose = (index: number) => {
    chosen.value = index;
    onPicture(sampleOf(described, index));
  };
  return (
    <>
      <div class="pg-tabs">
        <button
          type="button"
          class="pg-small"
          aria-pressed={!isOwn.value}
          onClick={() => {
            isOwn.value = false;
            choose(chosen.value);
          }}
        >
          Test images
        </button>
        <button
          type="button"
          class="pg-small"
          aria-pressed={isOwn.value}
          onClick={() => {
            isOwn.value = true;
          }}
        >
          Draw, drop, camera
        </button>
      </div>
      {isOwn.value ? (
        <Suspense fallback={<p class="pg-hint">Loading</p>}>
          <OwnPicture described={described} onPicture={(picture) => onPicture(picture && { picture })} />
        </Suspense>
      ) : (
        <div class="pg-samples" role="radiogroup" aria-label="Test images">
          {described.sampleLabels.map((label, index) => (
            <Sample
              key={`${described.key} ${index}`}
              described={described}
              index={index}
              name={`${at(described.classNames, label)}, image ${index}`}
              isChosen={chosen.value === index}
              onChoose={() => choose(index)}
            />
          ))}
        </div>
      )}
    </>
  );
}

interface SampleProps {
  readonly described: DataDescription;
  readonly index: number;
  readonly name: string;
  readonly isChosen: boolean;
  readonly onChoose: () => void;
}

function Sample({ described, index, name, isChosen, onChoose }: SampleProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const pixels = useMemo(() => rgbaOf(sampleOf(described, index).picture), [described, index]);
  useEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(pixels, 0, 0);
  }, [pixels]);
  return (
    <label class={isChosen ? "pg-sample pg-chosen" : "pg-sample"} title={name}>
      <input
        type="radio"
        name="sample"
        class="visually-hidden"
        aria-label={name}
        checked={isChosen}
        onChange={onChoose}
      />
      <canvas ref={canvas} width={described.width} height={described.height} />
    </label>
  );
}

function sampleOf({ channels, height, width, sampleImages, sampleLabels }: DataDescription, index: number) {
  const size = channels * height * width;
  const pixels = sampleImages.slice(index * size, (index + 1) * size);
  return { picture: { pixels, channels, height, width }, label: at(sampleLabels, index) };
}

/** Shape of the pixels: [channels, height, width]. */
function rgbaOf({ pixels, channels, height, width }: Picture): ImageData {
  const image = new ImageData(width, height);
  const area = height * width;
  for (let place = 0; place < area; place += 1) {
    for (let channel = 0; channel < 3; channel += 1)
      image.data[4 * place + channel] = at(pixels, channels === 1 ? place : channel * area + place);
    image.data[4 * place + 3] = 255;
  }
  return image;
}
