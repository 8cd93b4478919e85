import { faultOf, LIMITS } from "./judge.js";
import { Random } from "./mutate.js";
import type { Samples } from "./samples.js";
import { targets } from "./targets.js";

/** An input that was not taken or refused as it should be. */
export interface Fault {
  readonly target: string;
  /** With the seed, what makes the input again. */
  readonly input: number;
  readonly problem: string;
}

export interface InProcessOptions {
  readonly seed: number;
  /** How many inputs, shared out among the targets. */
  readonly inputs: number;
  /** Only targets whose name contains it. */
  readonly only?: string;
  /** Called before each input, for whoever watches for one that hangs. */
  readonly onInput?: (target: string, input: number) => void;
}

export interface InProcessResult {
  readonly seed: number;
  /** By target: how many were read, and how many refused with an error that says why. */
  readonly targets: Readonly<Record<string, { readonly accepted: number; readonly refused: number }>>;
  readonly faults: readonly Fault[];
  readonly slowestMs: number;
  readonly peakMemoryBytes: number;
}

/** Has every target read its share of changed inputs. */
export async function fuzzInProcess(samples: Samples, options: InProcessOptions): Promise<InProcessResult> {
  const { seed, inputs, only = "", onInput = () => {} } = options;
  const chosen = targets.filter(({ name }) => name.includes(only));
  const faults: Fault[] = [];
  const counts = new Map(chosen.map(({ name }) => [name, { accepted: 0, refused: 0 }]));
  let slowestMs = 0;
  let peakMemoryBytes = 0;
  for (let input = 0; input < inputs; input += 1) {
    const target = chosen[input % chosen.length];
    const count = counts.get(target?.name ?? "");
    if (target === undefined || count === undefined) throw new Error(`no target is called ${only}`);
    onInput(target.name, input);
    const random = new Random(seed, targets.indexOf(target), input);
    const start = performance.now();
    const problems: (string | undefined)[] = [];
    try {
      await target.run(samples, random);
      count.accepted += 1;
    } catch (error) {
      problems.push(faultOf(error));
      count.refused += 1;
    }
    const elapsedMs = performance.now() - start;
    const memoryBytes = process.memoryUsage.rss();
    if (elapsedMs > LIMITS.elapsedMs) problems.push(`took ${Math.round(elapsedMs)} ms`);
    if (memoryBytes > LIMITS.memoryBytes) problems.push(`the process has ${memoryBytes} bytes`);
    for (const problem of problems)
      if (problem !== undefined) faults.push({ target: target.name, input, problem });
    slowestMs = Math.max(slowestMs, elapsedMs);
    peakMemoryBytes = Math.max(peakMemoryBytes, memoryBytes);
  }
  return { seed, targets: Object.fromEntries(counts), faults, slowestMs, peakMemoryBytes };
}
