import { at as elementAt, entry } from "@nin/spec";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { kernel, NO_DIMS } from "../kernels/kernel.js";
import type { Command, TensorRef } from "./command.js";
import { planMemory } from "./plan-memory.js";

const tensor = (label: string, sizeBytes = 16): TensorRef => ({ label, sizeBytes });

function command(reads: readonly TensorRef[], writes: readonly TensorRef[]): Command {
  return {
    kernel: kernel({ name: "none", dims: NO_DIMS, code: [] }),
    dims: {},
    operands: Object.fromEntries([...reads, ...writes].map((tensor, index) => [`operand${index}`, tensor])),
    workgroups: () => [1, 1, 1],
  };
}

describe("planMemory", () => {
  test("gives a chain of equal tensors two buffers", () => {
    const [a, b, c, d] = [tensor("a"), tensor("b"), tensor("c"), tensor("d")];
    const plan = planMemory([command([a], [b]), command([b], [c]), command([c], [d])], {
      input: a,
      kept: [],
      lasting: [],
    });
    expect(plan.bufferBytes).toEqual([16, 16]);
    expect(plan.lowerBoundBytes).toBe(32);
  });

  test("keeps what is read after the commands, and an input that no command reads", () => {
    const [a, b, c] = [tensor("a"), tensor("b"), tensor("c")];
    const plan = planMemory([command([b], [c])], { input: a, kept: [b], lasting: [] });
    expect(plan.bufferOf.get(a)).toBeDefined();
    expect(plan.bufferOf.get(b)).not.toBe(plan.bufferOf.get(c));
  });

  test("leaves what is written once to nobody else, before it is read or after", () => {
    const [a, b, c, weights] = [tensor("a"), tensor("b"), tensor("c"), tensor("weights")];
    const commands = [command([a], [b]), command([b, weights], [c]), command([c], [a])];
    const { bufferOf } = planMemory(commands, { input: a, kept: [], lasting: [weights] });
    const others = [a, b, c].map((other) => bufferOf.get(other));
    expect(bufferOf.get(weights)).toBeDefined();
    expect(others).not.toContain(bufferOf.get(weights));
  });

  test("never gives two tensors that are alive together one buffer", () => {
    const steps = fc.array(fc.tuple(fc.nat(9), fc.nat(9), fc.integer({ min: 1, max: 99 })), { minLength: 1 });
    fc.assert(
      fc.property(steps, (drawn) => {
        const tensors = Array.from({ length: 10 }, (_, index) => tensor(`${index}`, 1 + index));
        const at = (index: number) => elementAt(tensors, index);
        const commands = drawn.map(([read, written]) =>
          command([at(read)], read === written ? [] : [at(written)]),
        );
        const { bufferOf, bufferBytes } = planMemory(commands, { input: at(0), kept: [], lasting: [] });
        const uses = (own: TensorRef) =>
          commands.flatMap(({ operands }, time) => (Object.values(operands).includes(own) ? [time] : []));
        for (const a of bufferOf.keys()) {
          expect(bufferBytes[entry(bufferOf, a)]).toBeGreaterThanOrEqual(a.sizeBytes);
          for (const b of bufferOf.keys()) {
            if (a === b || bufferOf.get(a) !== bufferOf.get(b)) continue;
            const [first, second] = [uses(a), uses(b)];
            const apart =
              Math.max(...first) < Math.min(...second) || Math.max(...second) < Math.min(...first);
            expect(apart || first.length === 0 || second.length === 0).toBe(true);
          }
        }
      }),
    );
  });
});
