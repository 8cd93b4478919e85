import { type ImageSource, readImages, resolveRecipe, syntheticDataset } from "@nin/data";
import { at, builtinRecipe, splitPositions } from "@nin/spec";
import { expect, it } from "vitest";
import { storedDataset } from "../testing/stored-dataset.js";
import { splitValidation, trainingImageCount } from "./split.js";

const { train } = syntheticDataset({ size: 8, train: 50, test: 20 });
const recipe = { seed: 7, validation: { fraction: 0.3 } };
const { kept, taken } = splitPositions(50, 0.3, 7, "validation");

it.each<[string, ImageSource]>([
  ["in memory", train],
  ["in a file", storedDataset(train)],
])(
  "both parts of images %s have their own images and labels, in their former order",
  async (_where, source) => {
    const split = splitValidation(source, recipe);
    for (const [part, positions] of [
      [split.train, kept],
      [split.validation, taken],
    ] as const) {
      expect(trainingImageCount(50, recipe)).toBe(split.train.count);
      expect(part).toMatchObject({ count: positions.length, name: "synthetic", classes: 10 });
      if (part === undefined) continue;
      const own = Uint32Array.of(3, 0, positions.length - 1);
      const expected = await readImages(
        train,
        own.map((index) => at(positions, index)),
      );
      expect(await readImages(part, own)).toEqual(expected);
      expect([...part.labels]).toEqual([...positions].map((position) => train.labels[position]));
    }
  },
);

it("without a validation split there is one part, the data themselves", () => {
  expect(splitValidation(train, { seed: 7 })).toEqual({ train });
});

it("announces batches by their positions in the data set", () => {
  const announced: number[][] = [];
  const source = storedDataset(train, (batches) =>
    announced.push(...[...batches].map((batch) => [...batch])),
  );
  const part = splitValidation(source, recipe).train;
  if ("images" in part) throw new Error("in memory");
  part.announce?.([Uint32Array.of(2, 0), Uint32Array.of(1)]);
  expect(announced).toEqual([[kept[2], kept[0]], [kept[1]]]);
});

it("statistics of the data are those of the training part", async () => {
  const part = splitValidation(train, recipe).train;
  const { preprocessing } = await resolveRecipe(builtinRecipe("robust"), part);
  const bytes = [...(await readImages(train, kept))];
  const mean = bytes.reduce((sum, byte) => sum + byte, 0) / bytes.length / 255;
  expect(preprocessing.mean).toBeCloseTo(mean, 12);
});

it.each([0.001, 0.999])("a fraction of %d of 50 images is refused", (fraction) => {
  expect(() => splitValidation(train, { seed: 0, validation: { fraction } })).toThrow(
    "validation fraction: expected a fraction that takes at least 1 of 50 images and leaves at least 1",
  );
});
