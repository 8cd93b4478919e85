import { Worker } from "node:worker_threads";
import { companionModule, systemReason } from "@nin/files";
import { present } from "@nin/spec";
import type { ClassLabels, ImageSetDescription, StoredDataset } from "../dataset/dataset.js";
import { DataError } from "../dataset/errors.js";
import { requirePositions } from "../dataset/subset.js";
import type { CacheContent } from "./cache-file.js";
import type { ReaderAnswer, ReaderRequest, ReaderTask } from "./reader-worker.js";

/** How much is read ahead: at least two batches, at most this many bytes or batches. */
const AHEAD_BYTES = 2 ** 25;
const AHEAD_BATCHES = 64;

/** An announced batch, being read. */
interface AheadBatch {
  readonly positions: Uint32Array;
  readonly images: Promise<Uint8Array>;
}

/**
 * Images in a cache file, read by a thread of their own: a read of each image by Node's asynchronous functions takes the
 * main thread ten times as long (results/stored-data.json). The process can end while that thread waits.
 */
export class StoredImages implements StoredDataset {
  readonly name: string;
  readonly classes: number;
  readonly classNames: readonly string[];
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly labels: ClassLabels;
  readonly count: number;
  readonly #imageBytes: number;
  /** The batches that were announced and not requested yet. */
  #announced: Iterator<Uint32Array> | undefined;
  #ahead: AheadBatch[] = [];

  private constructor(
    { name, classes, classNames, channels, height, width, labels, count }: ImageSetDescription,
    private readonly thread: ReaderThread,
    readonly sha256: string,
  ) {
    this.name = name;
    this.classes = classes;
    this.classNames = classNames;
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.labels = labels;
    this.count = count;
    this.#imageBytes = channels * height * width;
  }

  /**
   * Opens the cache file of this content.
   *
   * @returns `undefined` when it is another file, a damaged one, or one of another version
   * @throws DataError (`NIN_DATA_CACHE`) when it cannot be read
   */
  static async open(
    path: string,
    content: CacheContent,
    description: ImageSetDescription,
  ): Promise<StoredImages | undefined> {
    const thread = new ReaderThread({ path, content });
    const answer = await thread.opened.catch(async (error) => {
      await thread.terminate();
      throw error;
    });
    if (answer.kind === "opened") return new StoredImages(description, thread, answer.sha256);
    await thread.terminate();
    return undefined;
  }

  async read(positions: Uint32Array): Promise<Uint8Array> {
    requirePositions(this.count, positions);
    const found = this.#ahead.findIndex((batch) => isSame(batch.positions, positions));
    if (found < 0) return this.thread.read(positions);
    // What was announced before it is not going to be read.
    const [batch] = this.#ahead.splice(0, found + 1).slice(-1);
    this.#readAhead();
    return this.thread.awaited(present(batch).images);
  }

  announce(batches: Iterable<Uint32Array>): void {
    this.#ahead = [];
    this.#announced = batches[Symbol.iterator]();
    this.#readAhead();
  }

  async dispose(): Promise<void> {
    this.#announced = undefined;
    this.#ahead = [];
    await this.thread.terminate();
  }

  #readAhead(): void {
    let bytes = this.#ahead.reduce((total, { positions }) => total + positions.length * this.#imageBytes, 0);
    while (this.#announced !== undefined && this.#ahead.length < AHEAD_BATCHES) {
      if (this.#ahead.length >= 2 && bytes >= AHEAD_BYTES) return;
      const next = this.#announced.next();
      if (next.done === true) {
        this.#announced = undefined;
        return;
      }
      requirePositions(this.count, next.value);
      const images = this.thread.readInBackground(next.value);
      this.#ahead.push({ positions: next.value, images });
      bytes += next.value.length * this.#imageBytes;
    }
  }
}

function isSame(one: Uint32Array, other: Uint32Array): boolean {
  return one.length === other.length && one.every((position, index) => position === other[index]);
}

/** The thread that reads one file. It keeps the process from ending only while something waits for it. */
class ReaderThread {
  readonly #worker: Worker;
  readonly #waiting: { resolve(answer: ReaderAnswer): void; reject(error: unknown): void }[] = [];
  readonly opened: Promise<ReaderAnswer>;
  #failure: unknown;
  #awaitedCount = 0;

  constructor(private readonly task: ReaderTask) {
    this.#worker = new Worker(workerFile(), { execArgv: [], workerData: task });
    this.#worker.on("message", (answer: ReaderAnswer) => {
      // Nobody waits any more once it was closed.
      const waiting = this.#waiting.shift();
      if (answer.kind === "failed") waiting?.reject(this.#problem(answer.error));
      else waiting?.resolve(answer);
    });
    this.#worker.on("error", (error) => this.#fail(this.#problem(error)));
    this.#worker.on("exit", () => this.#fail(closed(task)));
    this.#worker.unref();
    this.opened = this.awaited(this.#answer());
  }

  async read(positions: Uint32Array): Promise<Uint8Array> {
    return this.awaited(this.#read(positions));
  }

  /** Reads without keeping the process from ending. The promise may be left alone. */
  readInBackground(positions: Uint32Array): Promise<Uint8Array> {
    const images = this.#read(positions);
    images.catch(() => {});
    return images;
  }

  /** Keeps the process from ending until a result of the thread is there. */
  async awaited<Result>(result: Promise<Result>): Promise<Result> {
    if (this.#awaitedCount === 0) this.#worker.ref();
    this.#awaitedCount += 1;
    try {
      return await result;
    } finally {
      this.#awaitedCount -= 1;
      if (this.#awaitedCount === 0) this.#worker.unref();
    }
  }

  async terminate(): Promise<void> {
    this.#fail(closed(this.task));
    await this.#worker.terminate();
  }

  async #read(positions: Uint32Array): Promise<Uint8Array> {
    const answer = this.#answer();
    this.#worker.postMessage(positions satisfies ReaderRequest);
    const { images } = (await answer) as Extract<ReaderAnswer, { kind: "images" }>;
    return images;
  }

  #answer(): Promise<ReaderAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#failure === undefined) this.#waiting.push({ resolve, reject });
      else reject(this.#failure);
    });
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure);
  }

  #problem(error: unknown): DataError {
    const { path } = this.task;
    const expected = "a readable cache of decoded images (remove the file, and it is made anew)";
    return new DataError(path, expected, systemReason(error), { code: "NIN_DATA_CACHE", cause: error });
  }
}

function closed({ path }: ReaderTask): DataError {
  return new DataError(path, "an open data set", "one that was closed", { code: "NIN_DATA_CACHE" });
}

function workerFile(): URL {
  return companionModule({
    from: import.meta.url,
    specifier: "@nin/data/stored/reader-worker",
  });
}
