import { fillDropoutMask } from "@nin/spec";
import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { drawDropoutMask } from "./fill-mask.js";
import { maskModule } from "./mask-module.js";

const masks = fc.record({
  seed: fc.oneof(fc.maxSafeNat(), fc.integer({ min: 0, max: 3 })),
  layerIndex: fc.nat(30),
  step: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  rate: fc.oneof(
    fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
    fc.constantFrom(0, 0.5, 1 - 2 ** -53, 65535 / 65536),
  ),
});
const starts = fc.oneof(fc.nat(40), fc.integer({ min: 2 ** 31 - 40, max: 2 ** 31 }), fc.maxSafeNat());

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

test("draws the bits of fillDropoutMask, from any position on, in memory of any size", () => {
  const lengths = fc.oneof(fc.nat(100), fc.constantFrom(32, 64, 65_536, 200_001));
  fc.assert(
    fc.property(masks, starts, lengths, (mask, start, length) => {
      const [kept, expected] = [new Uint8Array(length).fill(7), new Uint8Array(length)];
      drawDropoutMask(mask, start, kept);
      fillDropoutMask(mask, start, expected);
      expect(Buffer.compare(kept, expected)).toBe(0);
    }),
    { numRuns: 300 },
  );
});

test("here WebAssembly draws them", () => {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: { validate(bytes: Uint8Array): boolean } };
  expect(WebAssembly.validate(maskModule())).toBe(true);
});

test.each([
  ["there is no WebAssembly", undefined],
  ["it has no vectors", { validate: (): boolean => false }],
  [
    "none may be compiled",
    {
      validate: (): boolean => true,
      Module: class {
        constructor() {
          throw new Error("refused by the page's policy");
        }
      },
    },
  ],
])("where %s the bits are the same", async (_where, replaced) => {
  vi.stubGlobal("WebAssembly", replaced);
  const fresh = await import("./fill-mask.js");
  const mask = { seed: 5, layerIndex: 1, step: 2, rate: 0.5 };
  const [kept, expected] = [new Uint8Array(77), new Uint8Array(77)];
  fresh.drawDropoutMask(mask, 3, kept);
  fillDropoutMask(mask, 3, expected);
  expect(kept).toEqual(expected);
});
