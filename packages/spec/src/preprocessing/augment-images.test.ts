import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bigintWord } from "../testing/bigint-philox.js";
import { augmentImages, flipThreshold, gatherAugmented, imageAugmentations } from "./augment-images.js";

/** Written by `tools/pytorch/augmented_images.py`, which knows nothing of this package. */
interface Fixture {
  readonly positions: readonly number[];
  readonly cases: readonly {
    readonly seed: number;
    readonly epoch: number;
    readonly horizontalFlip: number;
    readonly cropPadding: number;
    readonly size: readonly [channels: number, height: number, width: number];
    /** In base 64. */
    readonly augmented: string;
  }[];
}

const fixture = JSON.parse(
  readFileSync(new URL("../../fixtures/augmented-images.json", import.meta.url), "utf8"),
) as Fixture;

const AUGMENTATION = 6;
const positionsOf = (...positions: number[]): Uint32Array => Uint32Array.from(positions);

/** An image's augmentation by the rule of docs/numerics.md, from big integers. */
function byRule(seed: number, epoch: number, position: number, rate: number, padding: number) {
  const word = (k: number): bigint =>
    BigInt(bigintWord(seed, 4 * position + k, { index: 0, time: epoch, purpose: AUGMENTATION }));
  const offset = (k: number): number => Number((word(k) * BigInt(2 * padding + 1)) >> 32n) - padding;
  return { flipped: Number(word(0)) < rate * 2 ** 32, dy: offset(1), dx: offset(2) };
}

/** `out[y][x] = in[y+dy][x'+dx]`, pixel by pixel. */
function pixelByPixel(
  image: Uint8Array,
  { channels, height, width }: { channels: number; height: number; width: number },
  { flipped, dy, dx }: ReturnType<typeof byRule>,
): number[] {
  return Array.from(image, (_, place) => {
    const [channel, y, x] = [
      Math.floor(place / (height * width)),
      Math.floor(place / width) % height,
      place % width,
    ];
    const [fromY, fromX] = [y + dy, (flipped ? width - 1 - x : x) + dx];
    const isInside = fromY >= 0 && fromY < height && fromX >= 0 && fromX < width;
    return isInside && channel < channels ? (image[(channel * height + fromY) * width + fromX] as number) : 0;
  });
}

test.each([0, 7, 2 ** 32 + 5])("draws by the rule, at seed %d", (seed) => {
  const augmentation = { horizontalFlip: 0.5, cropPadding: 4 };
  const positions = positionsOf(0, 1, 2, 59_999, 2 ** 30 - 1);
  for (const epoch of [0, 9]) {
    expect(imageAugmentations(augmentation, { seed, epoch }, positions)).toEqual(
      Array.from(positions, (position) => byRule(seed, epoch, position, 0.5, 4)),
    );
  }
});

test("reaches every offset, and flips as often as it says", () => {
  const positions = Uint32Array.from({ length: 20_000 }, (_, position) => position);
  const all = imageAugmentations({ horizontalFlip: 0.25, cropPadding: 2 }, { seed: 3, epoch: 1 }, positions);
  for (const offset of [-2, -1, 0, 1, 2]) {
    for (const axis of ["dx", "dy"] as const)
      expect(all.filter((one) => one[axis] === offset).length / all.length).toBeCloseTo(0.2, 1);
  }
  expect(all.filter(({ flipped }) => flipped).length / all.length).toBeCloseTo(0.25, 1);
});

test.each([
  [0, 0],
  [2 ** -32, 1],
  [2 ** -33, 1],
  [0.5, 2 ** 31],
  [1 - 2 ** -53, 2 ** 32],
  [1, 2 ** 32],
])("of a probability of %d the threshold is %d", (horizontalFlip, threshold) => {
  expect(flipThreshold({ horizontalFlip, cropPadding: 0 })).toBe(threshold);
});

test.each(fixture.cases)("has the bytes of a NumPy program, seed $seed in epoch $epoch", (given) => {
  const { seed, epoch, horizontalFlip, cropPadding } = given;
  const [channels, height, width] = given.size;
  const positions = Uint32Array.from(fixture.positions);
  const length = positions.length * channels * height * width;
  const images = Uint8Array.from({ length }, (_, k) => 1 + ((7919 * k) % 255));
  const size = { channels, height, width };
  const augmentation = { horizontalFlip, cropPadding };
  const result = augmentImages(images, size, augmentation, { seed, epoch }, positions);
  expect(Buffer.from(result).toString("base64")).toBe(given.augmented);
});

describe("gatherAugmented", () => {
  test("gathers, and augments by the positions that it gathers from", () => {
    const size = { channels: 2, height: 3, width: 4 };
    const images = Uint8Array.from({ length: 7 * 24 }, (_, place) => place + 1);
    const augmentation = { horizontalFlip: 0.5, cropPadding: 1 };
    const key = { seed: 9, epoch: 2 };
    const positions = positionsOf(6, 0, 3, 3, 5);
    const gathered = Uint8Array.from(
      [...positions].flatMap((position) => [...images.subarray(24 * position, 24 * position + 24)]),
    );
    const before = images.slice();
    const result = gatherAugmented(images, size, augmentation, key, positions);
    expect(result).toEqual(augmentImages(gathered, size, augmentation, key, positions));
    expect(images).toEqual(before);
  });
});

describe("augmentImages", () => {
  test("flips all at 1 and none at 0", () => {
    const image = Uint8Array.from([1, 2, 3, 4, 5, 6]);
    const size = { channels: 1, height: 2, width: 3 };
    const flip = (horizontalFlip: number) =>
      augmentImages(image, size, { horizontalFlip, cropPadding: 0 }, { seed: 0, epoch: 0 }, positionsOf(0));
    expect([...flip(1)]).toEqual([3, 2, 1, 6, 5, 4]);
    expect([...flip(0)]).toEqual([...image]);
  });

  test("is the rule, pixel by pixel, also where the padding is larger than the image", () => {
    const size = fc.record({
      channels: fc.integer({ min: 1, max: 3 }),
      height: fc.integer({ min: 1, max: 6 }),
      width: fc.integer({ min: 1, max: 6 }),
    });
    const property = fc.property(
      size,
      fc.constantFrom(0, 0.5, 1),
      fc.integer({ min: 0, max: 9 }),
      fc.nat(1000),
      fc.nat(5),
      (shape, horizontalFlip, cropPadding, position, epoch) => {
        const bytes = shape.channels * shape.height * shape.width;
        const images = Uint8Array.from({ length: 2 * bytes }, (_, place) => (place % 255) + 1);
        const positions = positionsOf(position, position + 3);
        const result = augmentImages(
          images,
          shape,
          { horizontalFlip, cropPadding },
          { seed: 1, epoch },
          positions,
        );
        const expected = [...positions].flatMap((own, image) =>
          pixelByPixel(
            images.subarray(image * bytes, (image + 1) * bytes),
            shape,
            byRule(1, epoch, own, horizontalFlip, cropPadding),
          ),
        );
        expect([...result]).toEqual(expected);
      },
    );
    fc.assert(property, { numRuns: 200, seed: 1 });
  });
});
