import { at } from "@nin/spec";
import { cifarStreams } from "./cifar/cifar-folder.js";
import { type ImageDataset, imageBytes } from "./dataset/dataset.js";
import type { LazyStream } from "./dataset/lazy-stream.js";
import { idxStreams } from "./idx/idx-folder.js";
import { imageFromPixels } from "./image/pixels.js";
import type { ImageSize } from "./image/resize.js";
import { ImageTally, type PlanarImage } from "./inspection/tally.js";
import { type LoadOptions, loadDataset } from "./load-dataset.js";
import type { DatasetFormat } from "./loading/options.js";
import { csvPath, recognise } from "./loading/recognise.js";
import { listCsv } from "./pictures/csv.js";
import { listImageFolder } from "./pictures/image-folder.js";
import type { PictureSet } from "./pictures/picture-set.js";
import { type BrokenImage, inOrder, isBroken, PictureReader } from "./pictures/picture-stream.js";

/** What is in a data set, as it is in its files. */
export interface DatasetInspection {
  readonly name: string;
  readonly format: DatasetFormat;
  readonly classNames: readonly string[];
  /** The number of images that can be decoded, in all and of each class. */
  readonly train: SplitCounts;
  /** Nothing where pictures are not split. */
  readonly test: SplitCounts | undefined;
  /** 1 where all images are grey, else 3. */
  readonly channels: number;
  /** Nothing where sizes differ. */
  readonly size: ImageSize | undefined;
  /** By the number of pixels; nothing without images. */
  readonly extremes: { readonly smallest: ImageSize; readonly largest: ImageSize } | undefined;
  /** Of all pixels, for each channel. Units: fractions of 255. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
  /** The number of images whose pixels are those of an earlier one. */
  readonly duplicates: number;
  /** Those of them that equal one of the other split. */
  readonly leaked: number;
  readonly broken: readonly BrokenImage[];
  /** What was passed over, as sentences. */
  readonly notes: readonly string[];
}

/** The images of a split. */
export interface SplitCounts {
  readonly count: number;
  readonly perClass: readonly number[];
}

/** An image of a data set that is being inspected. */
export interface InspectedImage extends PlanarImage {
  readonly split: "train" | "test";
  /** The position of its class in `classNames`. */
  readonly label: number;
  /** Nothing where a file has many images. */
  readonly path: string | undefined;
}

/** How a data set is inspected. */
export interface InspectOptions
  extends Pick<LoadOptions, "signal" | "env" | "cacheFolder" | "mirrors" | "onProgress"> {
  /** Called with each image, in order. */
  readonly onImage?: (image: InspectedImage) => void;
  /** Called when images were looked at. */
  readonly onInspectProgress?: (progress: { readonly count: number; readonly totalCount: number }) => void;
}

/**
 * Looks at every image of a data set, at its own size, one after another: memory does not grow with the set. Broken
 * pictures are listed.
 *
 * @param source - as for `loadDataset`
 * @throws DataError when the data is no data set
 * @throws the signal's reason when it aborts
 *
 * @example
 * ```ts
 * const { classNames, train, broken } = await inspectDataset("photos");
 * console.log(classNames, train.perClass, broken.length);
 * ```
 */
export async function inspectDataset(
  source: string,
  options: InspectOptions = {},
): Promise<DatasetInspection> {
  const found = await openedSet(source, options);
  const { name, format, classNames, notes, totalCount, isSplit } = found;
  const tally = new ImageTally();
  const broken: BrokenImage[] = [];
  const perClass = { train: classNames.map(() => 0), test: classNames.map(() => 0) };
  let count = 0;
  for await (const image of found.images) {
    options.signal?.throwIfAborted();
    count += 1;
    if ("problem" in image) broken.push(image);
    else {
      tally.add(image, image.split);
      const counts = perClass[image.split];
      counts[image.label] = at(counts, image.label) + 1;
      options.onImage?.(image);
    }
    options.onInspectProgress?.({ count, totalCount });
  }
  const { channels, size, extremes, statistics, duplicates, leaked } = tally;
  return {
    ...{ name, format, classNames, train: countsOf(perClass.train) },
    test: isSplit ? countsOf(perClass.test) : undefined,
    ...{ channels, size, extremes, ...statistics, duplicates, leaked, broken, notes },
  };
}

function countsOf(perClass: readonly number[]): SplitCounts {
  return { count: perClass.reduce((sum, each) => sum + each, 0), perClass };
}

interface OpenedSet {
  readonly name: string;
  readonly format: DatasetFormat;
  readonly classNames: readonly string[];
  readonly notes: readonly string[];
  readonly totalCount: number;
  readonly isSplit: boolean;
  readonly images: AsyncIterable<InspectedImage | BrokenImage>;
}

async function openedSet(source: string, options: InspectOptions): Promise<OpenedSet> {
  const { signal } = options;
  if (source === "fashion-mnist" || source === "synthetic" || source === "") {
    const pair = await loadDataset(source, options);
    const { train, test } = pair;
    const streams = { train: streamOfMemory(train), test: streamOfMemory(test) };
    return openedStreams(pair.format, streams, signal);
  }
  const { format, names } = await recognise(source);
  if (format === "image-folder") return openedPictures(format, await listImageFolder(source, signal), signal);
  if (format === "csv") return openedPictures(format, await listCsv(csvPath(source, names)), signal);
  if (format === "idx") return openedStreams(format, await idxStreams(source, options), signal);
  return openedStreams(format, await cifarStreams(source, names, options), signal);
}

type OpenStream = Omit<LazyStream, "key">;

function streamOfMemory(dataset: ImageDataset): OpenStream {
  const size = imageBytes(dataset);
  async function* decode(): AsyncGenerator<Uint8Array, void> {
    for (let start = 0; start < dataset.images.length; start += size)
      yield dataset.images.subarray(start, start + size);
  }
  return { ...dataset, decode };
}

function openedStreams(
  format: DatasetFormat,
  streams: { readonly train: OpenStream; readonly test: OpenStream },
  signal: AbortSignal | undefined,
): OpenedSet {
  async function* images(): AsyncGenerator<InspectedImage, void> {
    for (const split of ["train", "test"] as const) {
      const { labels, channels, height, width, decode } = streams[split];
      let position = 0;
      for await (const planes of decode(signal)) {
        const label = at(labels, position);
        yield { split, label, path: undefined, planes, channels, height, width };
        position += 1;
      }
    }
  }
  const { train, test } = streams;
  return {
    ...{ name: train.name, format, classNames: train.classNames, notes: [] },
    ...{ totalCount: train.count + test.count, isSplit: true, images: images() },
  };
}

function openedPictures(
  format: DatasetFormat,
  { name, classNames, train, test, notes }: PictureSet,
  signal: AbortSignal | undefined,
): OpenedSet {
  const files = [
    ...train.map((file) => ({ ...file, split: "train" as const })),
    ...(test ?? []).map((file) => ({ ...file, split: "test" as const })),
  ];
  const reader = new PictureReader();
  const inspected = async ({ path, label, split }: (typeof files)[number]) => {
    try {
      const decoded = await reader.read(path, signal);
      const { height, width } = decoded;
      const planes = imageFromPixels(decoded, { channels: 3, height, width });
      return { split, label, path, planes, channels: 3, height, width } satisfies InspectedImage;
    } catch (error) {
      if (!isBroken(error)) throw error;
      return { path, problem: error.message } satisfies BrokenImage;
    }
  };
  const images = inOrder(files, inspected, signal);
  return { name, format, classNames, notes, totalCount: files.length, isSplit: test !== undefined, images };
}
