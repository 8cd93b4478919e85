import { RuntimeError } from "@nin/backend";
import { expect, it } from "vitest";
import { trainModel } from "../index.js";
import { smallArchitecture, smallData, smallModel, smallRecipe } from "../testing/small-training.js";

it.each([
  ["no losses", (losses: readonly number[]) => losses.slice(0, 0), "0 losses for"],
  ["one too many", (losses: readonly number[]) => [...losses, 1], "losses for"],
])("a backend that returns %s is an error that says so", async (_what, changed, message) => {
  const recipe = smallRecipe();
  const model = await smallModel(recipe);
  const begin = model.train.bind(model);
  model.train = async (options) => {
    const session = await begin(options);
    const read = session.metrics.bind(session);
    session.metrics = async () => {
      const metrics = await read();
      return { ...metrics, losses: changed(metrics.losses) };
    };
    return session;
  };
  const training = trainModel({ model, architecture: smallArchitecture, recipe, data: smallData });
  await expect(training).rejects.toThrow(RuntimeError);
  await expect(training).rejects.toThrow(message);
  await model.dispose();
});
