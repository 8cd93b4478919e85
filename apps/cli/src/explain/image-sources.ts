import type { Model } from "@nin/backend";
import { DataError, type ImageSource } from "@nin/data";
import { classCount, present } from "@nin/spec";
import { requireScores } from "../arguments/class-count.js";
import { dataSource, type LoadFlags, loadData, loadingOf } from "../arguments/data-source.js";
import type { TrainedModel } from "../arguments/trained-model.js";
import { UsageError } from "../errors/usage-error.js";
import { readPictures, requireFiles } from "../prediction/read-pictures.js";
import { invocation, shellWord } from "../process/invocation.js";
import { activationBatch, joined, pickSamples } from "../report/choose-samples.js";
import { className, type ImageSize } from "../report/report-data.js";
import { count, plural } from "../terminal/format.js";
import type { Terminal } from "../terminal/terminal.js";
import type { PageImage } from "./explain-data.js";
import { type ImagePool, type OwnImages, ownPool, testPool } from "./image-pool.js";

/** Which images a page is about. */
export interface ImageFlags extends LoadFlags {
  /** Where the page goes, for a message that says what to type next. */
  readonly output: string;
  /** A data set instead of the run's. */
  readonly data?: string;
  /** How many test images the channels are compared over. */
  readonly limit?: number;
}

/** The images of a page. */
export interface ImageSources {
  /** Of all of them. */
  readonly size: ImageSize;
  /** A name for each score of the network. */
  readonly classNames: readonly string[];
  /** Those that are explained one by one: the user's own, else test images that the model gets right and wrong. */
  explained(model: Model): Promise<readonly PageImage[]>;
  /** Those that the channels are compared over: test images, unless there are only the user's own. */
  readonly pool: ImagePool;
}

/** Of reading, in images. */
const BATCH = 64;
const EXPLAINED = 20;
const COMPARED = 1000;
/** The page has several pictures of each. */
const MOST_OWN = 200;

/**
 * Loads the images of a page: the user's own, test images of `--data` or of the run's data set, or both.
 *
 * @param target - as the user named the network, for messages
 * @param paths - the user's own images; none for test images
 * @throws `UsageError`, also for too many images; `DataError`, also for a data set that is not where the run found it
 */
export async function readSources(
  target: string,
  trained: TrainedModel,
  paths: readonly string[],
  flags: ImageFlags,
  terminal: Terminal,
): Promise<ImageSources> {
  const { architecture, description } = trained;
  if (paths.length > MOST_OWN)
    throw new UsageError(`explain: expected at most ${MOST_OWN} images, got ${count(paths.length)}`);
  await requireFiles(paths, flags.skipBroken === true);
  const needsData = paths.length === 0 || flags.data !== undefined;
  const test = needsData ? await loadTest(target, trained, flags, terminal) : undefined;
  const { channels, height, width } = test ?? description.image ?? architecture.input;
  const size = { channels, height, width };
  const names = description.classNames ?? test?.classNames ?? [];
  const classNames = Array.from({ length: classCount(architecture) }, (_, index) => className(names, index));
  const compared = test && testPool(test, flags.limit ?? COMPARED, terminal);
  if (paths.length === 0) {
    const tested = present(test, "the test images");
    const explained = (model: Model) => samplesOf(model, tested, classNames);
    return { size, classNames, explained, pool: present(compared) };
  }
  const own = ownPool(await readOwn(paths, size, flags, terminal), size);
  return { size, classNames, explained: () => own.read(positionsOf(own)), pool: compared ?? own };
}

async function samplesOf(
  model: Model,
  test: ImageSource,
  names: readonly string[],
): Promise<readonly PageImage[]> {
  const samples = await pickSamples(model, test, activationBatch(model), EXPLAINED);
  return samples.map(({ pixels, label }) => ({ pixels, label, name: className(names, label) }));
}

function positionsOf({ count: images }: ImagePool): Uint32Array {
  return Uint32Array.from({ length: images }, (_, index) => index);
}

/** The test images that `--data` names, else those of the run's data, loaded as it loads them. */
async function loadTest(
  target: string,
  { architecture, config }: TrainedModel,
  flags: ImageFlags,
  terminal: Terminal,
): Promise<ImageSource> {
  if (flags.data === undefined && config === undefined) {
    throw new UsageError(
      `explain: expected images, or --data: ${target} is no run, and does not say which images it was trained on`,
    );
  }
  const given = loadingOf(flags);
  const loading = flags.data === undefined ? { ...config?.data.loading, ...given } : given;
  const source = dataSource(flags.data ?? present(config).data.source);
  const { dataMemory } = flags;
  try {
    const request = { source, architecture, ...(loading && { loading }) };
    const data = await loadData({ ...request, ...(dataMemory !== undefined && { dataMemory }) }, terminal);
    requireScores(architecture, data);
    return data.test;
  } catch (error) {
    if (flags.data !== undefined || !(error instanceof DataError) || error.code !== "NIN_DATA_MISSING")
      throw error;
    const remedy = `${invocation()} explain ${shellWord(target)} --output ${shellWord(flags.output)} --data DIR`;
    throw new UsageError(`${error.message}; if the data set has moved: ${remedy}`, { cause: error });
  }
}

/** @throws `DataError` for one that cannot be read, unless `--skip-broken`; `UsageError` where none can */
async function readOwn(
  paths: readonly string[],
  format: ImageSize,
  { skipBroken = false }: ImageFlags,
  terminal: Terminal,
): Promise<OwnImages> {
  const images: Uint8Array[] = [];
  const read: string[] = [];
  const options = { format, batchSize: BATCH, skipBroken, signal: terminal.signal };
  for await (const batch of readPictures(paths, options)) {
    for (const problem of batch.broken) terminal.note(`Skipped ${problem}`);
    images.push(batch.images);
    read.push(...batch.paths);
  }
  if (read.length === 0) throw new UsageError(`none of ${plural(paths.length, "image")} can be read`);
  return { images: joined(images), paths: read };
}
