import { useMemo } from "preact/hooks";
import type { DataDescription } from "../contract/protocol.js";
import { backgroundOf, ImageInput } from "../input/index.js";
import type { Picture } from "../inside/index.js";
import { notify } from "../state/playground.js";

interface OwnPictureProps {
  readonly described: DataDescription;
  readonly onPicture: (picture: Picture | undefined) => void;
}

/** A picture that is drawn, dropped or taken by the camera. */
export function OwnPicture({ described, onPicture }: OwnPictureProps) {
  const { channels, height, width, sampleImages } = described;
  const format = useMemo(() => ({ channels, height, width }), [channels, height, width]);
  const background = useMemo(() => backgroundOf(sampleImages, format), [described]);
  return (
    <ImageInput
      format={format}
      background={background}
      onPicture={(picture) => onPicture(picture)}
      onProblem={(message) => notify("problem", message)}
    />
  );
}
