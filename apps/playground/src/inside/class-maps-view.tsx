import { colourGradient } from "@nin/page/colours";
import { at } from "@nin/spec";
import { type ClassEvidence, type ClassMaps, rankScores } from "@nin/training";
import { useMemo } from "preact/hooks";
import { percent } from "./class-scores.js";
import { colourMaps } from "./colour-maps.js";
import { type ClassMap, drawHeat, drawnSize, drawPicture, type Picture } from "./heat-overlay.js";
import "./inside.css";
import {
  channelRanges,
  channelText,
  commonRange,
  formatValue,
  mapsOf,
  oneMap,
  type ValueRange,
} from "./map-grid.js";
import { PixelCanvas } from "./pixel-canvas.js";

export interface ClassMapsViewProps {
  readonly picture: Picture;
  /** What `classMaps` gives of it; undefined where the network has none. */
  readonly maps: ClassMaps | undefined;
  /** Where the scores come from: `classEvidence` of the model. */
  readonly evidence: ClassEvidence | undefined;
  readonly classNames: readonly string[];
  /** The true class, where it is known. */
  readonly label?: number | undefined;
}

/** So many of the most probable classes, and the true one. */
const SHOWN = 3;

/** Where in a picture the evidence for each class is. */
export function ClassMapsView({ picture, maps, evidence, classNames, label }: ClassMapsViewProps) {
  if (maps === undefined || evidence === undefined)
    return (
      <p class="inside-note">
        This network has no class activation maps. They need a network that ends in global average pooling, so
        that the score of a class is the mean of a map.
      </p>
    );
  return <Maps picture={picture} maps={maps} evidence={evidence} classNames={classNames} label={label} />;
}

function Maps({
  picture,
  maps,
  evidence,
  classNames,
  label,
}: ClassMapsViewProps & { maps: ClassMaps; evidence: ClassEvidence }) {
  const shown = useMemo(() => shownClasses(maps, classNames, label), [maps, classNames, label]);
  const size = drawnSize(picture);
  const drawAlone = useMemo(
    () => (pixels: Uint32Array) => drawPicture(picture, size, pixels),
    [picture, size.height, size.width],
  );
  return (
    <div>
      <Explanation maps={maps} evidence={evidence} />
      <div class="class-maps">
        <figure>
          <PixelCanvas {...size} label="The picture as the network gets it" draw={drawAlone} />
          <figcaption>the picture</figcaption>
        </figure>
        {shown.classes.map((each) => (
          <ClassFigure
            key={each.index}
            picture={picture}
            range={shown.range}
            shown={each}
            isTrue={each.index === label}
          />
        ))}
      </div>
      <p class="colour-scale">
        <span>{formatValue(shown.range.low, 3)}</span>
        <span class="colour-bar" style={{ background: colourGradient(colourMaps.sequential) }} />
        <span>{formatValue(shown.range.high, 3)}</span>
      </p>
      <p class="inside-note">
        One scale for all maps of the picture; the line is around what is above its middle.
      </p>
    </div>
  );
}

function Explanation({ maps, evidence }: { readonly maps: ClassMaps; readonly evidence: ClassEvidence }) {
  const { height, width } = mapsOf(maps.maps);
  const places = `${height}\u00d7${width}`;
  return evidence.linear === undefined ? (
    <p class="inside-note">
      <strong>A class&rsquo;s score is the mean of its map</strong>, a channel of{" "}
      <code>{evidence.layer}</code> ({places}): global average pooling has no weights. So the maps are exact:
      all of a score is in them.
    </p>
  ) : (
    <p class="inside-note">
      <strong>A class&rsquo;s score is the mean of its map, plus a bias.</strong> The map is the sum of the
      channels of <code>{evidence.layer}</code> ({places}) by the weights of <code>{evidence.linear}</code>.
      So the maps are exact: all of a score but the bias is in them.
    </p>
  );
}

interface ShownClass {
  readonly index: number;
  readonly name: string;
  readonly probability: number;
  readonly score: number;
  readonly map: ClassMap;
}

function ClassFigure(props: { picture: Picture; range: ValueRange; shown: ShownClass; isTrue: boolean }) {
  const { picture, range, shown, isTrue } = props;
  const { name, map, probability, score } = shown;
  const size = drawnSize(picture);
  const draw = useMemo(
    () => (pixels: Uint32Array) => {
      drawPicture(picture, size, pixels);
      drawHeat(map, range, size, pixels);
    },
    [picture, map, range],
  );
  const text = channelText({ ...map, channels: 1 });
  return (
    <figure>
      <PixelCanvas {...size} class="smooth" label={`Class activation map of ${name}: ${text}`} draw={draw} />
      <figcaption>
        <strong>{name}</strong>
        {isTrue && " (true)"}
        <span class="figure-detail">{percent(probability)}</span>
        <span class="figure-detail">score {formatValue(score)}</span>
      </figcaption>
    </figure>
  );
}

/** The most probable classes and the true one, with one range for their maps. */
export function shownClasses(
  { maps, scores }: ClassMaps,
  classNames: readonly string[],
  label: number | undefined,
): { readonly classes: readonly ShownClass[]; readonly range: ValueRange } {
  const all = mapsOf(maps);
  const own = scores.data.subarray(0, all.channels);
  const ranked = rankScores(own, classNames);
  const classes = ranked
    .filter(({ index }, rank) => rank < SHOWN || index === label)
    .map(({ class: name, index, probability }) => ({
      index,
      name,
      probability,
      score: at(own, index),
      map: oneMap(all, index),
    }));
  const range = commonRange(classes.flatMap(({ map }) => channelRanges({ ...map, channels: 1 })));
  return { classes, range };
}
