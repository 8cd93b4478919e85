import type { Command, Operand, Slot } from "./command.js";

/** Which buffer each slot gets. */
export interface MemoryPlan {
  /** Sizes of the buffers. Units: bytes. */
  readonly bufferBytes: readonly number[];
  /** Each slot's buffer, an index into `bufferBytes`. */
  readonly bufferOf: ReadonlyMap<Slot, number>;
  /** The most that is alive at one moment: no plan needs less. Units: bytes. */
  readonly lowerBoundBytes: number;
}

/** Slots that are not written and read by the commands alone. */
export interface OuterSlots {
  /** Written before the commands. */
  readonly input: Slot;
  /** Read after them. */
  readonly kept: readonly Slot[];
  /** Written once and read each time that the commands run. */
  readonly lasting: readonly Slot[];
}

interface Lifetime {
  readonly slot: Slot;
  first: number;
  last: number;
}

/**
 * Gives slots whose lifetimes do not overlap the same buffer. Buffers, not parts of one: WebGPU
 * refuses to read and write one buffer in a dispatch, wherever the parts lie.
 * Larger slots choose first.
 */
export function planMemory(commands: readonly Command[], outer: OuterSlots): MemoryPlan {
  const lifetimes = [...lifetimesOf(commands, outer).values()];
  const bufferOf = new Map<Slot, number>();
  const buffers: { sizeBytes: number; readonly users: Lifetime[] }[] = [];
  for (const lifetime of lifetimes.toSorted((a, b) => b.slot.sizeBytes - a.slot.sizeBytes)) {
    let index = buffers.findIndex(({ users }) => users.every((user) => !overlap(user, lifetime)));
    if (index < 0) index = buffers.push({ sizeBytes: lifetime.slot.sizeBytes, users: [] }) - 1;
    buffers[index]?.users.push(lifetime);
    bufferOf.set(lifetime.slot, index);
  }
  const bufferBytes = buffers.map(({ sizeBytes }) => sizeBytes);
  return { bufferBytes, bufferOf, lowerBoundBytes: peakBytes(lifetimes, commands.length) };
}

export function isSlot(operand: Operand): operand is Slot {
  return !("region" in operand);
}

function lifetimesOf(
  commands: readonly Command[],
  { input, kept, lasting }: OuterSlots,
): ReadonlyMap<Slot, Lifetime> {
  const lifetimes = new Map<Slot, Lifetime>(
    [input, ...lasting].map((slot) => [slot, { slot, first: 0, last: 0 }]),
  );
  const use = (slot: Slot, time: number) => {
    const known = lifetimes.get(slot);
    if (known === undefined) lifetimes.set(slot, { slot, first: time, last: time });
    else known.last = time;
  };
  commands.forEach(({ operands }, time) => {
    for (const slot of operands.filter(isSlot)) use(slot, time);
  });
  for (const slot of [...kept, ...lasting]) use(slot, commands.length);
  return lifetimes;
}

function overlap(a: Lifetime, b: Lifetime): boolean {
  return a.first <= b.last && b.first <= a.last;
}

function peakBytes(lifetimes: readonly Lifetime[], moments: number): number {
  let peak = 0;
  for (let time = 0; time < moments; time += 1) {
    const alive = lifetimes.filter(({ first, last }) => first <= time && time <= last);
    peak = Math.max(
      peak,
      alive.reduce((sum, { slot }) => sum + slot.sizeBytes, 0),
    );
  }
  return peak;
}
