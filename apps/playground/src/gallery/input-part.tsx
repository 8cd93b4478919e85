import { useEffect, useState } from "preact/hooks";
import { backgroundOf, ImageInput, type PictureSource } from "../input/index.js";
import { ClassScores, type Picture } from "../inside/index.js";
import type { SampleNetwork } from "./sample-network.js";

export function InputPart({ network: { model, classNames, test } }: { readonly network: SampleNetwork }) {
  const [picture, setPicture] = useState<Picture>();
  const [source, setSource] = useState<PictureSource>();
  const [scores, setScores] = useState<ArrayLike<number>>();
  useEffect(() => {
    if (picture === undefined) setScores(undefined);
    else void model.predict({ images: picture.pixels }).then(({ data }) => setScores(data));
  }, [picture]);
  return (
    <section id="input">
      <h2>Input</h2>
      <ImageInput
        format={{ channels: test.channels, height: test.height, width: test.width }}
        background={backgroundOf(test.images, test)}
        onPicture={(next, from) => {
          setPicture(next);
          setSource(from);
        }}
      />
      <p class="gallery-controls">
        {picture === undefined ? "No picture yet." : `The network has a picture from: ${source}.`}
      </p>
      {scores !== undefined && <ClassScores scores={scores} classNames={classNames} />}
    </section>
  );
}
