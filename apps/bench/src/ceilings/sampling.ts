/** The line of JSON that a process which measures ceilings writes. */
export interface CeilingAnswer {
  readonly method: string;
  /** Samples of a float32 matrix product. Units: FLOP/s. */
  readonly flops: readonly number[];
  /** The number of elements on a side of the matrices. */
  readonly matrixSize: number;
  /** Samples of what an element-wise operation reads and writes. Units: B/s. */
  readonly bytes: readonly number[];
  readonly arrayBytes: number;
}

/** A program on a device that can be run again and again. */
export interface Repeatable {
  /** Runs it once; resolves when the device has done the work. */
  run(): Promise<void>;
  dispose(): Promise<void>;
}

/** Measured rates, in units of work per second. */
export interface Sampled {
  readonly rates: readonly number[];
  readonly size: number;
}

const SAMPLES = 9;
const SAMPLE_MS = 150;
/** A run of this length is long enough. */
const LONG_MS = 40;
const WARM_UPS = 2;

/**
 * The rates at the first of some ascending sizes at which a run takes long enough, or at the last one.
 *
 * @param work - the work of one run at a size
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
