/** What a process that measures ceilings writes: one line of JSON. */
export interface CeilingAnswer {
  readonly method: string;
  /** Of a float32 matrix product: samples of operations a second. */
  readonly flops: readonly number[];
  /** Elements on a side. */
  readonly matrixSize: number;
  /** Read and written by an element-wise operation: samples of bytes a second. */
  readonly bytes: readonly number[];
  readonly arrayBytes: number;
}

/** What a program on a device did, and how to have it done again. */
export interface Repeatable {
  /** Does so much work; resolves when it is done. */
  run(): Promise<void>;
  dispose(): Promise<void>;
}

/** Rates measured, in units of work a second. */
export interface Sampled {
  readonly rates: readonly number[];
  readonly size: number;
}

const SAMPLES = 9;
const SAMPLE_MS = 150;
/** A run that takes so long is long enough. */
const LONG_MS = 40;
const WARM_UPS = 2;

/**
 * The rates of the largest of some ascending sizes that is needed for a run to take long enough;
 * `work` is what one run of a size does.
 */
export async function sampleRates(
  sizes: readonly number[],
  work: (size: number) => number,
  prepare: (size: number) => Promise<Repeatable>,
): Promise<Sampled> {
  for (const size of sizes) {
    const program = await prepare(size);
    try {
      const onceMs = await warmMs(program);
      if (onceMs < LONG_MS && size !== sizes.at(-1)) continue;
      const runs = Math.max(1, Math.round(SAMPLE_MS / onceMs));
      const rates: number[] = [];
      for (let sample = 0; sample < SAMPLES; sample += 1) {
        const begin = performance.now();
        for (let run = 0; run < runs; run += 1) await program.run();
        rates.push((1000 * runs * work(size)) / (performance.now() - begin));
      }
      return { rates, size };
    } finally {
      await program.dispose();
    }
  }
  throw new RangeError("sampleRates: expected at least one size, got none");
}

async function warmMs(program: Repeatable): Promise<number> {
  let elapsedMs = 0;
  for (let run = 0; run < WARM_UPS; run += 1) {
    const begin = performance.now();
    await program.run();
    elapsedMs = performance.now() - begin;
  }
  return elapsedMs;
}
