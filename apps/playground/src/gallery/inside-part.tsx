import { at, entry, type Tensor } from "@nin/spec";
import {
  type ClassMaps,
  classEvidence,
  classMaps,
  type EvaluationResult,
  evaluateModel,
  featureLayers,
  firstFilters,
  receptiveField,
} from "@nin/training";
import { useEffect, useState } from "preact/hooks";
import {
  ActivationMaps,
  ClassMapsView,
  ClassScores,
  ConfusionMatrix,
  FirstFilters,
  type Picture,
} from "../inside/index.js";
import type { SampleNetwork } from "./sample-network.js";

interface Shown {
  readonly picture: Picture;
  readonly label: number;
  readonly outputs: ReadonlyMap<string, Tensor>;
  readonly maps: ClassMaps;
}

export function InsidePart({ network }: { readonly network: SampleNetwork }) {
  const { architecture, model, parameters, classNames, test } = network;
  const [image, setImage] = useState(15);
  const [layer, setLayer] = useState("net.0");
  const [shown, setShown] = useState<Shown>();
  const [evaluation, setEvaluation] = useState<EvaluationResult>();
  useEffect(() => {
    const size = test.channels * test.height * test.width;
    const images = test.images.slice(image * size, (image + 1) * size);
    const { channels, height, width } = test;
    void Promise.all([model.activations({ images }), classMaps(model, { images })]).then(([outputs, maps]) =>
      setShown({
        picture: { pixels: images, channels, height, width },
        label: at(test.labels, image),
        outputs,
        maps,
      }),
    );
  }, [image]);
  useEffect(() => {
    // Moved by nine rows and five columns, so that there are mistakes.
    const { images, width } = test;
    const moved = {
      ...test,
      images: images.map((_, index) => at(images, (index + 9 * width + 5) % images.length)),
    };
    void evaluateModel(model, moved).then(setEvaluation);
  }, []);
  if (shown === undefined) return <p>Loading.</p>;
  const layers = [...shown.outputs.keys()].filter((name) => name !== "net.19");
  const output = entry(shown.outputs, layer);
  const isClasses = layer === featureLayers(model).at(-1);
  return (
    <>
      <section id="activations">
        <h2>Activation maps</h2>
        <p class="gallery-controls">
          <label>
            Test image{" "}
            <input
              type="number"
              min={0}
              max={test.count - 1}
              value={image}
              onInput={(event) => setImage(Math.min(test.count - 1, Number(event.currentTarget.value)))}
            />
          </label>
          <label>
            Layer{" "}
            <select value={layer} onChange={(event) => setLayer(event.currentTarget.value)}>
              {layers.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
        </p>
        <ActivationMaps
          layer={layer}
          output={output}
          channelNames={isClasses ? classNames : undefined}
          receptiveField={receptiveField(architecture, layer)}
        />
      </section>
      <section id="filters">
        <h2>First-layer filters</h2>
        <FirstFilters bank={firstFilters(architecture, parameters)} />
      </section>
      <section id="maps">
        <h2>Class activation maps</h2>
        <ClassMapsView
          picture={shown.picture}
          maps={shown.maps}
          evidence={classEvidence(model)}
          classNames={classNames}
          label={shown.label}
        />
      </section>
      <section id="scores">
        <h2>Class scores</h2>
        <ClassScores scores={shown.maps.scores.data} classNames={classNames} label={shown.label} />
      </section>
      <section id="confusion">
        <h2>Confusion matrix</h2>
        {evaluation !== undefined && (
          <ConfusionMatrix confusion={evaluation.confusion} classNames={classNames} />
        )}
      </section>
    </>
  );
}
