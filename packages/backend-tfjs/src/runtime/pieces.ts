import { HostTurns } from "./host-turn.js";
import type { Kept, Runtime } from "./runtime.js";
import type { DeviceTensor } from "./tensorflow.js";

/** Work in pieces, a layer each, say: between them, other work may run on the same engine. */
export type Pieces<Result> = Generator<undefined, Result, undefined>;

/** The tensors that live from one piece of some work to another. */
export class HeldTensors {
  readonly #runtime: Runtime;
  readonly #tensors = new Set<DeviceTensor>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  /** Computes on the device, frees all it made but what it returns, and holds that. */
  run<Result extends Kept>(work: () => Result): Result {
    const result = this.#runtime.tidy(work);
    for (const tensor of tensorsIn(result)) this.#tensors.add(tensor);
    return result;
  }

  /** Frees what is not needed any longer. */
  free(kept: Kept): void {
    for (const tensor of tensorsIn(kept)) {
      this.#tensors.delete(tensor);
      tensor.dispose();
    }
  }

  /** Gives tensors away: the receiver frees them. */
  release<Result extends Kept>(kept: Result): Result {
    for (const tensor of tensorsIn(kept)) this.#tensors.delete(tensor);
    return kept;
  }

  /** Frees what is left. */
  freeAll(): void {
    for (const tensor of this.#tensors) tensor.dispose();
    this.#tensors.clear();
  }
}

/**
 * Runs work piece by piece. The host's event loop has a turn between two of them when it had none for a while. What the
 * work holds at its end or failure is freed, but for its result.
 */
export async function runInTurns<Result extends Kept>(
  runtime: Runtime,
  begin: (held: HeldTensors) => Pieces<Result>,
): Promise<Result> {
  const held = new HeldTensors(runtime);
  const turns = new HostTurns();
  try {
    const pieces = begin(held);
    let piece = pieces.next();
    while (piece.done !== true) {
      if (turns.due) await turns.take();
      piece = pieces.next();
    }
    return held.release(piece.value);
  } finally {
    held.freeAll();
  }
}

function tensorsIn(kept: Kept | number | string): readonly DeviceTensor[] {
  if (typeof kept !== "object") return [];
  if (isTensor(kept)) return [kept];
  return (Array.isArray(kept) ? kept : Object.values(kept)).flatMap(tensorsIn);
}

function isTensor(kept: object): kept is DeviceTensor {
  return "dataId" in kept;
}
