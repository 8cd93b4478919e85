import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { IMAGE_SIZE, newFolder, smallIdxFiles, smallNinJson, writeIdxFolder } from "@nin/test-support";
import { afterAll, beforeAll, describe, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { expectProcessRefused, expectRefused } from "../testing/refusal.js";

let folder: string;
beforeAll(async () => {
  folder = await newFolder();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const conv = { kind: "conv2d", outChannels: 4, kernelSize: 3 };

/** A file of an architecture with these layers. */
async function fileWith(name: string, layers: readonly object[], rest: object = {}): Promise<string> {
  const path = join(folder, `${name.replace(/\W+/g, "-")}.json`);
  await writeFile(path, JSON.stringify({ ...smallNinJson, layers, ...rest }));
  return path;
}

describe("an architecture is refused with", () => {
  it.each<[string, readonly object[], string]>([
    ["an unknown layer kind", [{ kind: "conv3d" }], "layers[0].kind: expected one of"],
    ["an unknown field", [{ ...conv, dilation: 2 }], "layers[0]"],
    [
      "a negative size",
      [conv, { ...conv, kernelSize: -1 }],
      "layers[1].kernelSize: expected a positive integer",
    ],
    ["a size of 0", [{ ...conv, outChannels: 0 }], "layers[0].outChannels: expected a positive integer"],
    ["a fractional size", [{ ...conv, stride: 1.5 }], "layers[0].stride: expected a positive integer"],
    ["a negative padding", [{ ...conv, padding: [0, -1] }], "layers[0].padding"],
    ["a kernel larger than its padded input", [{ ...conv, kernelSize: 11, padding: 1 }], "layers[0]"],
    [
      "a pool's padding over half its kernel",
      [{ kind: "maxPool2d", kernelSize: 3, stride: 1, padding: 2 }],
      "layers[0].padding",
    ],
    ["a dropout of 1", [{ kind: "dropout", rate: 1 }], "layers[0].rate"],
    ["no layers", [], "layers: expected at least one layer"],
  ])("%s", async (name, layers, line) => {
    const path = await fileWith(name, layers);
    await expectRefused(["summary", path], `nin: architecture ${path}: ${line}`);
  });

  it.each<[string, readonly object[], string]>([
    ["an unknown layer kind", [{ kind: "conv3d" }], "layers[0].kind: expected one of"],
    ["a negative size", [{ ...conv, kernelSize: -1 }], "layers[0].kernelSize: expected a positive integer"],
    ["a fractional size", [{ ...conv, stride: 1.5 }], "layers[0].stride: expected a positive integer"],
    ["a kernel larger than its padded input", [{ ...conv, kernelSize: 11, padding: 1 }], "layers[0]"],
  ])("%s, in a process", async (name, layers, line) => {
    const path = await fileWith(name, layers);
    await expectProcessRefused(["summary", path], `nin: architecture ${path}: ${line}`);
  });

  it.each([
    ["another format", { format: "onnx" }, "format: expected"],
    ["a later version", { version: 2 }, "version: expected"],
    ["an input without channels", { input: { height: 8, width: 8 } }, "input.channels: expected"],
    ["a fractional input", { input: { channels: 1, height: 8.5, width: 8 } }, "input.height: expected"],
  ])("%s", async (name, fields, line) => {
    const path = await fileWith(name, smallNinJson.layers, fields);
    await expectRefused(["summary", path], `nin: architecture ${path}: ${line}`);
  });

  it("no JSON, or no file", async () => {
    const path = join(folder, "torn.json");
    await writeFile(path, '{ "format": "nin-arch');
    await expectRefused(
      ["summary", path],
      `nin: architecture ${path}: line 1, column 22: expected a closing "`,
    );
    const missing = join(folder, "missing.json");
    await expectRefused(
      ["summary", missing],
      `architecture ${missing}: cannot be read: there is no such file`,
    );
    await expectRefused(
      ["summary", "./"],
      "architecture ./: cannot be read: expected a file, found a folder",
    );
  });

  it("a built-in's name or option that is not known", async () => {
    await expectRefused(["summary", "resnet18"], "model: expected one of nin, nin-mnist, nin-cifar10");
    await expectRefused(["summary", "nin?depth=3"], "depth");
    await expectRefused(["summary", "nin?mlpConvs=5"], "mlpConvs: expected an integer from 0 to 4");
    await expectRefused(["summary", "nin?size=16"], "layers[");
  });
});

it("the wrong number of classes is refused by train and evaluate", async () => {
  const data = join(folder, "data");
  await writeIdxFolder(data, smallIdxFiles(20, 10));
  const path = await fileWith("seven", [
    { ...conv, outChannels: 7, kernelSize: IMAGE_SIZE },
    { kind: "flatten" },
  ]);
  const line = `has 7 scores, and ${data} has 10 classes: expected one score for each`;
  await expectProcessRefused(["train", path, "--data", data, "--out", "run"], line);
  const weights = join(folder, "seven.safetensors");
  await runHere(["init", path, "--output", weights], folder);
  await expectRefused(["evaluate", path, "--weights", weights, "--recipe", "d2l", "--data", data], line);
});
