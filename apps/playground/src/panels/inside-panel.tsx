import { type Architecture, inferLayers } from "@nin/spec";
import { receptiveField } from "@nin/training";
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { entryName, NetworkDiagram } from "../diagram/index.js";
import {
  ActivationMaps,
  ClassMapsView,
  ClassScores,
  ConfusionMatrix,
  FirstFilters,
  type Picture,
} from "../inside/index.js";
import { architecture, data, isBusy, look, run, startRun, status, worker } from "../state/playground.js";
import { highlighted, selectedLayer } from "../state/selection.js";
import { PicturePicker } from "./picture-picker.js";

/** What the network makes of a picture, layer by layer, while it learns. */
export function InsidePanel() {
  const network = run.value?.config.architecture ?? architecture.value;
  const picture = useSignal<{ readonly picture: Picture; readonly label?: number } | undefined>(undefined);
  const shown = useComputed(() => picture.value ?? firstSample());
  const isFiltersWanted = useSignal(true);
  useSignalEffect(() => {
    const pixels = shown.value?.picture.pixels;
    // Another run, or another state of it, is looked at anew.
    const isThere = run.value !== undefined;
    const layer = selectedLayer.value;
    const entry = layer === undefined || layer === "input" ? undefined : entryName(layer);
    void worker().call(
      "watch",
      pixels === undefined || !isThere
        ? undefined
        : { pixels, wantsFilters: isFiltersWanted.value, ...(entry !== undefined && { layer: entry }) },
    );
  });
  if (typeof network === "string") return null;
  return (
    <section class="pg-inside" aria-labelledby="pg-inside">
      <h2 id="pg-inside">Inside the network</h2>
      <div class="pg-box">
        <h3>Layers</h3>
        <NetworkDiagram
          architecture={network}
          {...(selectedLayer.value !== undefined && { selected: selectedLayer.value })}
          highlighted={highlighted.value}
          onSelect={(name) => {
            selectedLayer.value = name;
          }}
        />
      </div>
      <div class="pg-columns">
        <div class="pg-box">
          <h3>A picture</h3>
          <PicturePicker
            onPicture={(chosen) => {
              picture.value = chosen;
            }}
          />
        </div>
        <div class="pg-box" aria-busy={look.value === undefined}>
          <h3>What the network says</h3>
          {look.value === undefined ? (
            <Nothing />
          ) : (
            <ClassScores
              scores={look.value.scores}
              classNames={namesFor(look.value.scores.length)}
              label={shown.value?.label}
            />
          )}
        </div>
      </div>
      {look.value !== undefined && shown.value !== undefined && (
        <Looked network={network} picture={shown.value.picture} label={shown.value.label} />
      )}
      <Confusion />
    </section>
  );
}

function Nothing() {
  const canLook = data.value !== undefined && run.value === undefined && !isBusy.value;
  return (
    <>
      <p class="pg-note">
        {run.value === undefined
          ? "Nothing yet: train, or look at the network with its first, random weights."
          : "In a moment."}
      </p>
      {canLook && (
        <button type="button" class="pg-small" onClick={() => void startRun(0)}>
          Look before training
        </button>
      )}
    </>
  );
}

function Looked({
  network,
  picture,
  label,
}: {
  network: Architecture;
  picture: Picture;
  label: number | undefined;
}) {
  const seen = look.value;
  if (seen === undefined) return null;
  const names = namesFor(seen.scores.length);
  const { layer, output } = seen;
  return (
    <>
      <div class="pg-box">
        <h3>Where it sees each class</h3>
        <ClassMapsView
          picture={picture}
          maps={seen.maps}
          evidence={seen.evidence}
          classNames={names}
          label={label}
        />
      </div>
      <div class="pg-columns">
        <div class="pg-box">
          <h3>{layer === undefined ? "Activation maps" : `Activation maps of ${layer}`}</h3>
          {layer !== undefined && output !== undefined ? (
            <Maps network={network} layer={layer} output={output} classNames={names} />
          ) : (
            <p class="pg-note">Choose a layer above to see what each of its channels makes of the picture.</p>
          )}
        </div>
        <div class="pg-box">
          <h3>First filters</h3>
          <FirstFilters bank={seen.filters} />
        </div>
      </div>
    </>
  );
}

function Maps({
  network,
  layer,
  output,
  classNames,
}: {
  network: Architecture;
  layer: string;
  output: NonNullable<NonNullable<typeof look.value>["output"]>;
  classNames: readonly string[];
}) {
  const field = useMemo(() => fieldOf(network, layer), [network, layer]);
  const isLast = look.value?.evidence?.layer === layer && look.value.evidence.linear === undefined;
  return (
    <ActivationMaps
      layer={layer}
      output={output}
      receptiveField={field}
      channelNames={isLast ? classNames : undefined}
    />
  );
}

function fieldOf(network: Architecture, layer: string) {
  const isThere = inferLayers(network).some(({ layerIndex, last }) => last && `net.${layerIndex}` === layer);
  return isThere ? receptiveField(network, layer) : undefined;
}

function Confusion() {
  const epoch = run.value?.lines.findLast((line) => line.kind === "epoch");
  const names = data.value?.classNames;
  if (epoch?.kind !== "epoch" || epoch.confusion === null || names === undefined) return null;
  const all = namesFor(epoch.confusion.length);
  return (
    <div class="pg-box">
      <h3>What is taken for what, after epoch {epoch.epoch}</h3>
      <ConfusionMatrix confusion={epoch.confusion} classNames={all} />
    </div>
  );
}

/** A name for each score, also where the network has more than the data. */
function namesFor(scores: number): readonly string[] {
  const names = data.value?.classNames ?? [];
  return Array.from({ length: scores }, (_, index) => names[index] ?? `${index}`);
}

function firstSample(): { readonly picture: Picture; readonly label?: number } | undefined {
  const described = data.value;
  if (described === undefined) return undefined;
  const { channels, height, width, sampleImages, sampleLabels } = described;
  const pixels = sampleImages.slice(0, channels * height * width);
  const [label] = sampleLabels;
  return { picture: { pixels, channels, height, width }, ...(label !== undefined && { label }) };
}

void status;
