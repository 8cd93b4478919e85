import { join } from "node:path";
import { readSafetensors } from "@nin/safetensors/node";
import { modelMetadata, readModelMetadata } from "@nin/spec";
import { expect, it } from "vitest";
import { configText, parseConfig } from "../record/config.js";
import { describeRun } from "../record/describe-run.js";
import { inNewFolder, smallConfig, trainSmallRun } from "../testing/small-run.js";
import { createRun } from "./run.js";

it("a checkpoint's weights describe their network", () =>
  inNewFolder(async (folder) => {
    const versions = { ...smallConfig.versions, nin: "1.2.3" };
    await trainSmallRun(await createRun(folder, { ...smallConfig, versions }), 3);
    const { metadata } = await readSafetensors(join(folder, "checkpoints", "3", "weights.safetensors"));
    const { architecture, recipe, data } = smallConfig;
    const expected = {
      architecture,
      classNames: data.classNames,
      preprocessing: recipe.preprocessing,
      image: { channels: 1, height: 8, width: 8 },
      version: "1.2.3",
    };
    expect(metadata).toEqual(modelMetadata(expected));
    expect(readModelMetadata(metadata)).toEqual(expected);
  }));

it("a configuration of an earlier version does not have the images' size, and its data's name may", () => {
  const { image, ...data } = smallConfig.data;
  expect(image).toEqual({ channels: 1, height: 8, width: 8 });
  const former = (source: string) =>
    describeRun(parseConfig(configText({ ...smallConfig, data: { ...data, source } }), "config.json"));
  expect(former("/data/own").image).toEqual({ channels: 1, height: 8, width: 8 });
  expect(former("fashion-mnist").image).toEqual({ channels: 1, height: 28, width: 28 });
  expect(former("/data/own").version).toBeUndefined();
});

it("a network with more classes than its data has numbers for names", () => {
  const classNames = smallConfig.data.classNames.slice(0, 8);
  const { classNames: names } = describeRun({ ...smallConfig, data: { ...smallConfig.data, classNames } });
  expect(names).toEqual([...classNames, "8", "9"]);
});

it("an image size that is none is damage", () => {
  const text = configText(smallConfig).replace('"height": 8', '"height": 0');
  expect(() => parseConfig(text, "config.json")).toThrow();
  const broken = JSON.parse(configText(smallConfig));
  broken.data.image.width = "8";
  expect(() => parseConfig(JSON.stringify(broken), "config.json")).toThrow(
    "data.image.width: an integer of at least 1",
  );
});
