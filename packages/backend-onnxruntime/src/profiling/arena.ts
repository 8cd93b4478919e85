import { at, present } from "@nin/spec";

/** A piece of a region, used or free. */
interface Chunk {
  readonly region: number;
  readonly start: number;
  size: number;
  isFree: boolean;
  previous: Chunk | undefined;
  next: Chunk | undefined;
}

const ALIGNMENT = 256;
const FIRST_REGION = 2 ** 20;
const LARGEST_REGION = 2 ** 30;
/** A free chunk of less than twice the size is given whole, unless this much of it were lost. */
const MOST_LOST = 128 * 2 ** 20;

/**
 * ONNX Runtime's arena of the CPU device with its default settings: memory that is taken from the system in regions, each
 * twice as large as the one before, and never given back. A request gets the smallest free chunk that holds it, which is
 * split where it is twice as large.
 *
 * Source: `BFCArena` of ONNX Runtime.
 */
export class Arena {
  readonly #chunks = new Set<Chunk>();
  /** The end of what was ever used of each region: what is written becomes resident, the rest does not. */
  readonly #touched: number[] = [];
  #nextRegion = FIRST_REGION;

  /** Memory that became resident. Units: bytes. */
  get touchedBytes(): number {
    return this.#touched.reduce((sum, end) => sum + end, 0);
  }

  /** @returns a function that frees it */
  allocate(bytes: number): () => void {
    if (bytes === 0) return () => undefined;
    const rounded = Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    const chunk = this.#smallest(rounded) ?? this.#extended(rounded);
    chunk.isFree = false;
    if (chunk.size >= 2 * rounded || chunk.size - rounded >= MOST_LOST) this.#split(chunk, rounded);
    const end = chunk.start + rounded;
    this.#touched[chunk.region] = Math.max(at(this.#touched, chunk.region), end);
    return () => this.#free(chunk);
  }

  #smallest(size: number): Chunk | undefined {
    let found: Chunk | undefined;
    for (const chunk of this.#chunks) {
      if (!chunk.isFree || chunk.size < size) continue;
      if (found === undefined || isBefore(chunk, found)) found = chunk;
    }
    return found;
  }

  #extended(size: number): Chunk {
    const isLarge = size > this.#nextRegion;
    while (size > this.#nextRegion) this.#nextRegion *= 2;
    const region = this.#touched.length;
    const chunk: Chunk = {
      region,
      start: 0,
      size: this.#nextRegion,
      isFree: true,
      previous: undefined,
      next: undefined,
    };
    if (!isLarge) this.#nextRegion = Math.min(2 * this.#nextRegion, LARGEST_REGION);
    this.#touched.push(0);
    this.#chunks.add(chunk);
    return chunk;
  }

  #split(chunk: Chunk, size: number): void {
    const rest: Chunk = {
      region: chunk.region,
      start: chunk.start + size,
      size: chunk.size - size,
      isFree: true,
      previous: chunk,
      next: chunk.next,
    };
    if (rest.next !== undefined) rest.next.previous = rest;
    chunk.next = rest;
    chunk.size = size;
    this.#chunks.add(rest);
  }

  /** Free neighbours become one chunk. */
  #free(chunk: Chunk): void {
    chunk.isFree = true;
    if (chunk.next?.isFree === true) this.#join(chunk);
    if (chunk.previous?.isFree === true) this.#join(chunk.previous);
  }

  #join(chunk: Chunk): void {
    const next = present(chunk.next, "the chunk behind");
    chunk.size += next.size;
    chunk.next = next.next;
    if (next.next !== undefined) next.next.previous = chunk;
    this.#chunks.delete(next);
  }
}

/** Whether a free chunk is taken before another one that holds the request too: later regions have lower addresses. */
function isBefore(chunk: Chunk, other: Chunk): boolean {
  if (chunk.size !== other.size) return chunk.size < other.size;
  return chunk.region === other.region ? chunk.start < other.start : chunk.region > other.region;
}
