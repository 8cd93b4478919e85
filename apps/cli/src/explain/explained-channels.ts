import type { Model } from "@nin/backend";
import { type Architecture, at, entry, present } from "@nin/spec";
import {
  classEvidence,
  featureMap,
  isSilent,
  type LayerActivity,
  mostActivating,
  receptiveField,
  variedChannels,
} from "@nin/training";
import { activationBatch, joined } from "../report/choose-samples.js";
import type { ChannelChoice } from "./channel-choice.js";
import type { ActivatedImage, ShownChannel, ShownLayer } from "./explain-data.js";
import type { ImagePool } from "./image-pool.js";

/** Which channels are looked at, and over which images. */
export interface ChannelRequest {
  readonly architecture: Architecture;
  /** A name for each score. */
  readonly classNames: readonly string[];
  readonly pool: ImagePool;
  readonly choice: ChannelChoice;
}

/** Images that are shown for a channel. */
const TOP = 8;
/** How many channels of a layer are shown, unless it has so few that all are. */
const CHANNELS = { varied: 8, all: 12 } as const;

/** The channels of some layers, each with the images that activate it most. */
export async function explainChannels(model: Model, request: ChannelRequest): Promise<readonly ShownLayer[]> {
  const { pool, choice } = request;
  if (choice.layers.length === 0) return [];
  const batches = pool.batches(activationBatch(model));
  const activities = await mostActivating(model, batches, { layers: choice.layers, top: TOP });
  const selections = activities.map((activity) => ({ activity, ...selectChannels(activity, choice) }));
  const wanted = selections.flatMap(({ activity, channels }) =>
    channels.flatMap((channel) => {
      const own = at(activity.channels, channel);
      return isSilent(own) ? [] : own.top.map(({ image }) => ({ layer: activity.layer, channel, image }));
    }),
  );
  const images = await mapsOf(model, pool, wanted);
  return selections.map((selection) => shownLayer(model, request, selection, images));
}

interface Selection {
  readonly channels: readonly number[];
  readonly selection: ShownLayer["selection"];
}

function selectChannels(activity: LayerActivity, { channels }: ChannelChoice): Selection {
  if (channels !== undefined) return { channels, selection: "chosen" };
  if (activity.channels.length <= CHANNELS.all)
    return { channels: [...activity.channels.keys()], selection: "all" };
  return { channels: variedChannels(activity, CHANNELS.varied), selection: "varied" };
}

function shownLayer(
  model: Model,
  { architecture, classNames }: ChannelRequest,
  { activity, channels, selection }: Selection & { readonly activity: LayerActivity },
  images: MappedImages,
): ShownLayer {
  const { layer, height, width } = activity;
  const evidence = classEvidence(model);
  const hasClasses = evidence?.layer === layer && evidence.linear === undefined;
  const shownChannel = (channel: number): ShownChannel => {
    const own = at(activity.channels, channel);
    const shown = isSilent(own) ? [] : own.top;
    return {
      channel,
      ...(hasClasses && { className: at(classNames, channel) }),
      images: shown.map(({ image, activation }) => ({
        ...entry(images, keyOf({ layer, channel, image })),
        activation,
      })),
    };
  };
  return {
    name: layer,
    kind: present(model.layers.find(({ name }) => name === layer)).kind,
    channelCount: activity.channels.length,
    height,
    width,
    receptiveField: receptiveField(architecture, layer),
    imageCount: activity.count,
    silentCount: activity.channels.filter(isSilent).length,
    selection,
    channels: channels.map(shownChannel),
  };
}

/** A channel's map of an image. */
interface WantedMap {
  readonly layer: string;
  readonly channel: number;
  readonly image: number;
}

type MappedImages = ReadonlyMap<string, Omit<ActivatedImage, "activation">>;

function keyOf({ layer, channel, image }: WantedMap): string {
  return `${layer} ${channel} ${image}`;
}

/** Images with maps of theirs. Each image is computed once more, so that not all maps of all images are kept. */
async function mapsOf(model: Model, pool: ImagePool, wanted: readonly WantedMap[]): Promise<MappedImages> {
  const found = new Map<string, Omit<ActivatedImage, "activation">>();
  const positions = [...new Set(wanted.map(({ image }) => image))].sort((a, b) => a - b);
  const batchSize = activationBatch(model);
  for (let start = 0; start < positions.length; start += batchSize) {
    const part = positions.slice(start, start + batchSize);
    const images = await pool.read(Uint32Array.from(part));
    const outputs = await model.activations({ images: joined(images.map(({ pixels }) => pixels)) });
    for (const each of wanted) {
      const index = part.indexOf(each.image);
      if (index < 0) continue;
      const map = featureMap(entry(outputs, each.layer), index, each.channel);
      found.set(keyOf(each), { ...at(images, index), map });
    }
  }
  return found;
}
