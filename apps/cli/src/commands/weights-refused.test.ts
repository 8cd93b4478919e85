import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { serializeSafetensors, type WritableTensor } from "@nin/safetensors";
import { builtinRecipe, initialParameters, modelMetadata, parseArchitecture } from "@nin/spec";
import { newFolder, smallNinJson } from "@nin/test-support";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { noisePixels, writePicture } from "../testing/pictures.js";
import { expectRefusal } from "../testing/refusal.js";

const architecture = parseArchitecture(smallNinJson);
const weights = initialParameters(architecture, builtinRecipe("d2l").init, 0);
const classNames = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
const preprocessing = { mean: 0, std: 1 };
const metadata = modelMetadata({ architecture, classNames, preprocessing, image: architecture.input });
const FIRST = "net.0.0.weight";
/** As `torch.save` begins. */
const PICKLE = Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(26), Buffer.from("archive/data.pkl")]);

let folder = "";
const write = (name: string, bytes: string | Uint8Array) => writeFile(join(folder, name), bytes);
const tensors = (changes: Readonly<Record<string, WritableTensor>>, texts = metadata): Uint8Array =>
  serializeSafetensors(new Map<string, WritableTensor>([...weights, ...Object.entries(changes)]), texts);

beforeAll(async () => {
  folder = await newFolder();
  await write("small.json", JSON.stringify(smallNinJson));
  await write("w.safetensors", tensors({}));
  await write("plain.safetensors", tensors({}, new Map()));
  await write("extra.safetensors", tensors({ "fc.weight": { shape: [1], data: Float32Array.of(1) } }));
  await write(
    "integers.safetensors",
    tensors({ [FIRST]: { shape: [6, 1, 3, 3], data: new Int32Array(54) } }),
  );
  await write("mean.safetensors", tensors({}, new Map([...metadata, ["nin.mean", "[1, 2]"]])));
  await write("json.safetensors", tensors({}, new Map([...metadata, ["nin.classes", "cat, dog"]])));
  await write("names.safetensors", tensors({}, new Map([["nin.classes", '["cat", "dog"]']])));
  await write("pickle.pt", PICKLE);
  await write("old.pth", Buffer.from("\x80\x02\x8a\n", "latin1"));
  await write("model.onnx", "not a model");
  await write("empty.onnx", "");
  await write("text.png", "not a picture");
  await write("empty.png", "");
  await mkdir(join(folder, "photos"));
  await writePicture(join(folder, "good.png"), noisePixels(64, 1), { width: 8, height: 8, channels: 1 });
  await write("cut.png", (await readFile(join(folder, "good.png"))).subarray(0, 60));
  await mkdir(join(folder, "alone"));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("is refused with status 2 and one line", () => {
  const predict = (target: string, ...args: readonly string[]) => [
    "predict",
    target,
    ...args,
    "--backend",
    "reference",
  ];
  const withWeights = (file: string) => predict("small.json", "--weights", file, "good.png");
  const toOnnx = ["--format", "onnx", "--output", "m.onnx"];

  it.each<[string, readonly string[], string]>([
    [
      "a pickle",
      withWeights("pickle.pt"),
      "pickle.pt: expected a safetensors file, got a PyTorch pickle: save it as",
    ],
    ["a pickle alone", predict("pickle.pt", "good.png"), "from safetensors.torch import save_file"],
    ["an old pickle", withWeights("old.pth"), "old.pth: expected a"],
    [
      "a file that is not there",
      withWeights("no.safetensors"),
      "no.safetensors: cannot be read: there is no such file",
    ],
    [
      "a picture as weights",
      withWeights("good.png"),
      "good.png: expected a safetensors file, got a PNG image",
    ],
    ["text as ONNX", withWeights("model.onnx"), "model.onnx: expected a"],
    [
      "an empty ONNX file",
      withWeights("empty.onnx"),
      "empty.onnx: expected an ONNX model, got a file without a graph",
    ],
    [
      "an ONNX file that is not there",
      withWeights("no.onnx"),
      "no.onnx: cannot be read: there is no such file",
    ],
    [
      "extra tensors",
      withWeights("extra.safetensors"),
      "1 tensor that small does not have: fc.weight (--ignore-extra",
    ],
    [
      "integers",
      withWeights("integers.safetensors"),
      `tensor ${FIRST}: expected F32, F64, F16 or BF16, got I32`,
    ],
    [
      "another network's weights",
      predict("nin-mnist", "--weights", "w.safetensors", "good.png"),
      "of another shape: net.0.0.weight expected [96, 1, 5, 5], got [6, 1, 3, 3]",
    ],
    [
      "means of other channels",
      withWeights("mean.safetensors"),
      "mean.safetensors: metadata: nin.mean: expected a number, or 1",
    ],
    [
      "class names that are no JSON",
      withWeights("json.safetensors"),
      "json.safetensors: metadata: nin.classes: line 1, column 1",
    ],
    [
      "too few class names",
      [...withWeights("names.safetensors"), "--recipe", "d2l"],
      "nin.classes: expected 10 names",
    ],
    [
      "weights that describe nothing",
      withWeights("plain.safetensors"),
      "does not say how images are normalized",
    ],
    [
      "weights alone that name no network",
      predict("plain.safetensors", "good.png"),
      "does not say which network it belongs to",
    ],
    [
      "weights of weights",
      predict("w.safetensors", "--weights", "w.safetensors", "good.png"),
      "is a file of weights: omit --weights",
    ],
    [
      "a recipe without numbers",
      [...predict("w.safetensors", "good.png"), "--recipe", "robust"],
      "expected numbers: statistics of the training images",
    ],
    [
      "a checkpoint of a file",
      [...predict("w.safetensors", "good.png"), "--checkpoint", "best"],
      "is not a run: --checkpoint chooses",
    ],
    [
      "a checkpoint that is no step",
      [...predict("w.safetensors", "good.png"), "--checkpoint", "newest"],
      "Expected latest, best or the number of a step",
    ],
    ["no images", predict("w.safetensors"), "predict: expected images, or --input FILE and --output FILE"],
    [
      "input without output",
      [...predict("w.safetensors"), "--input", "x"],
      "predict: expected --output FILE as well",
    ],
    [
      "images and tensors",
      [...predict("w.safetensors", "good.png"), "--input", "x"],
      "predict: --input is for preprocessed tensors",
    ],
    [
      "--top of tensors",
      [...predict("w.safetensors"), "--input", "x", "--output", "y", "--top", "2"],
      "predict: --top is for images",
    ],
    [
      "no classes at all",
      [...predict("w.safetensors", "good.png"), "--top", "0"],
      "Expected an integer of at least 1",
    ],
    [
      "a folder of images",
      predict("w.safetensors", "photos/"),
      "photos/: expected an image, got a folder: name the images in it, for instance photos/*.png",
    ],
    [
      "an image that is not there",
      predict("w.safetensors", "good.png", "no.png"),
      "no.png: cannot be read: there is no such file",
    ],
    [
      "text as an image",
      predict("w.safetensors", "text.png"),
      "text.png: expected a PNG, JPEG, WebP, GIF or AVIF image",
    ],
    ["an empty image", predict("w.safetensors", "empty.png"), "an empty file"],
    [
      "a truncated image",
      predict("w.safetensors", "good.png", "cut.png"),
      "cut.png: expected a whole PNG image",
    ],
    [
      "preprocessing of safetensors",
      ["export", "alone", "--format", "safetensors", "--with-preprocessing", "--output", "o"],
      "--with-preprocessing is for --format onnx, not safetensors",
    ],
    [
      "no run to export",
      ["export", "alone", ...toOnnx],
      "alone: expected the folder of a run or of a checkpoint",
    ],
    ["an export of a file", ["export", "w.safetensors", ...toOnnx], "w.safetensors"],
    [
      "a start from a pickle",
      ["train", "small.json", "--weights", "pickle.pt", "--data", "synthetic", "--out", "r"],
      "a PyTorch pickle: save it as",
    ],
    [
      "a start from another network",
      ["train", "nin-mnist", "--weights", "w.safetensors", "--data", "synthetic", "--out", "r"],
      "of another shape",
    ],
    [
      "--ignore-extra of nothing",
      ["train", "small.json", "--ignore-extra", "--data", "synthetic", "--out", "r"],
      "train: --ignore-extra is for --weights",
    ],
  ])("%s", async (_, args, line) => {
    const refused = await runHere(args, folder);
    expectRefusal(refused, line);
    expect(refused.stderr).toMatch(/^[^\p{Cc}]{20,1000}\n$/u);
  });
});

it("extra tensors are skipped, and a prefix removed, with a line about it", async () => {
  const renamed = new Map([...weights].map(([name, tensor]) => [`model.${name}`, tensor]));
  renamed.set("head.weight", { shape: [1], data: Float32Array.of(1) });
  await write("theirs.safetensors", serializeSafetensors(renamed, metadata));
  const args = [
    "predict",
    "small.json",
    "--weights",
    "theirs.safetensors",
    "good.png",
    "--backend",
    "reference",
  ];
  const { status, stdout, stderr } = await runHere([...args, "--ignore-extra"], folder);
  expect([status, stderr]).toEqual([
    0,
    "theirs.safetensors: removed the prefix model. from the names of the tensors\ntheirs.safetensors: skipped 1 tensor: head.weight\n",
  ]);
  const own = await runHere(["predict", "w.safetensors", "good.png", "--backend", "reference"], folder);
  expect(stdout).toBe(own.stdout);
  expect(stdout).toMatch(/^good\.png: [a-j] \d+\.\d\d%, /);
});
