import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadDataset } from "@nin/data/node";
import { present } from "@nin/spec";
import {
  architectureJson,
  inNewFolder,
  newFolder,
  shapeSet,
  smallIdxFiles,
  writeIdxFolder,
  writeShapeFolder,
} from "@nin/test-support";
import { classMaps, scoresOfMaps } from "@nin/training";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withModel } from "../arguments/backend-options.js";
import { imageFormat } from "../arguments/data-source.js";
import { readTrainedModel } from "../arguments/trained-model.js";
import { runHere } from "../testing/in-process.js";
import { noisePixels, writePicture } from "../testing/pictures.js";
import { expectRefusal } from "../testing/refusal.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();
const REFERENCE = ["--backend", "reference"];
const ONE_STEP = [
  ...REFERENCE,
  "--recipe",
  "d2l",
  "--batch-size",
  "8",
  "--max-steps",
  "1",
  "--eval-limit",
  "0",
];

let folder = "";
beforeAll(async () => {
  folder = await newFolder();
  const training = ["--recipe", "d2l", "--batch-size", "8", "--epochs", "2", "--lr", "0.1", ...REFERENCE];
  await writeIdxFolder(join(folder, "data"), smallIdxFiles(60, 30));
  await runHere(["train", inputs.model, "--data", "data", ...training, "--out", "run"], folder);
  for (const name of ["own/a.png", "own/b.png"])
    await writePicture(join(folder, name), noisePixels(31 * 20, name.charCodeAt(4)), {
      width: 31,
      height: 20,
      channels: 1,
    });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Writes a page, and gives what was printed and the page's text. */
async function explain(...args: readonly string[]) {
  const { status, stdout, stderr } = await runHere(
    ["explain", ...args, ...REFERENCE, "--output", "page.html"],
    folder,
  );
  expect([status, stderr]).toEqual([0, ""]);
  return { stdout, page: await readFile(join(folder, "page.html"), "utf8") };
}

const headings = (page: string, level: string): readonly string[] =>
  [...page.matchAll(new RegExp(`<${level}[^>]*>(.*?)</${level}>`, "g"))].map(([, text]) => present(text));

describe("explain", () => {
  it("shows test images with the evidence for their classes, filters, and channels of each block", async () => {
    const { stdout, page } = await explain("run");
    expect(stdout).toBe(
      "page.html: 20 images with class activation maps, 6 filters, 16 channels of 2 layers\n",
    );
    expect(page.match(/<figure class="explained/g)).toHaveLength(20);
    expect(page).toContain(
      "<strong>the score of a class is the mean of its map</strong>, which is a channel of <code>net.3</code> (4\u00d74)",
    );
    expect(page).toContain("Out of the 30 test images of data,");
    expect(headings(page, "h3")).toEqual(["net.0: NiN block", "net.3: NiN block"]);
    expect(headings(page, "h4")).toEqual([
      ...[0, 1, 2, 3, 4, 5].map((channel) => `Channel ${channel}`),
      ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((label) => `${label} <span class="on">channel ${label}</span>`),
    ]);
    expect(page.match(/alt="Filter \d"/g)).toHaveLength(6);
    // Right and wrong ones.
    expect(page).toContain("\u2713");
    expect(page).toContain('<span class="wrong">\u2717 wrong:</span>');
    expect(page.match(/ \(true\)<\/span>/g)).toHaveLength(20);
    expect(page).not.toContain("undefined");
    expect((await explain("run")).page).toBe(page);
  });

  it("shows the layers and channels that are asked for, over as many images", async () => {
    const { stdout, page } = await explain(
      "run",
      "--layer",
      "net.3,net.1",
      "--channels",
      "5,1-2",
      "--limit",
      "12",
    );
    expect(stdout).toContain("6 channels of 2 layers");
    expect(headings(page, "h3")).toEqual(["net.3: NiN block", "net.1: maxPool2d"]);
    expect(headings(page, "h4").slice(3)).toEqual(["Channel 5", "Channel 1", "Channel 2"]);
    expect(page).toContain("Out of the first 12 test images of data,");
  });

  it("shows the user's own images, without a data set", async () => {
    await rename(join(folder, "data"), join(folder, "gone"));
    try {
      const { stdout, page } = await explain("run", "own/a.png", "own/b.png");
      expect(stdout).toContain("2 images with class activation maps");
      expect(page).toContain("<strong>a.png</strong>: ");
      expect(page).toContain("Out of 2 images,");
      expect(page).not.toContain("(true)");
    } finally {
      await rename(join(folder, "gone"), join(folder, "data"));
    }
    const both = await explain("run", "own/a.png", "--data", "data");
    expect(both.stdout).toContain("1 image with class activation maps");
    expect(both.page).toContain("Out of the 30 test images of data,");
  });

  it("takes a file of weights with images or data, and numbers classes that it does not name", async () => {
    await runHere(["export", "run", "--format", "safetensors", "--output", "w"], folder);
    await rename(join(folder, "w"), join(folder, "w.safetensors"));
    expect((await explain("w.safetensors", "own/a.png")).page).toContain("<strong>a.png</strong>");
    expect((await explain("w.safetensors", "--data", "data")).stdout).toContain("20 images");
    await runHere(["init", inputs.model, "--output", "unnamed"], folder);
    const { page } = await explain(inputs.model, "own/a.png", "--weights", "unnamed", "--recipe", "d2l");
    expect(page).toMatch(/<strong>a\.png<\/strong>: class \d</);
    expectRefusal(
      await runHere(["explain", "w.safetensors", "--output", "p"], folder),
      "explain: expected images, or --data: w.safetensors is no run",
    );
  });

  it("finds data that have moved, and says how", async () => {
    await rename(join(folder, "data"), join(folder, "elsewhere"));
    try {
      const refused = await runHere(["explain", "run", "--output", "page.html"], folder);
      expectRefusal(refused, "if the data set has moved: nin explain run --output page.html --data DIR");
      expect((await explain("run", "--data", "elsewhere")).page).toContain(
        "Out of the 30 test images of elsewhere,",
      );
    } finally {
      await rename(join(folder, "elsewhere"), join(folder, "data"));
    }
  });

  it("says why a network with a linear head has no maps, and shows the rest", async () => {
    const layers = [
      { kind: "conv2d", outChannels: 20, kernelSize: 3 },
      { kind: "relu" },
      { kind: "flatten" },
    ];
    const architecture = architectureJson([...layers, { kind: "linear", outFeatures: 3 }], [3, 12, 12]);
    await writeFile(join(folder, "head.json"), JSON.stringify(architecture));
    await writeShapeFolder(join(folder, "shapes"), shapeSet({ train: 12, test: 9 }));
    await runHere(["train", "head.json", "--data", "shapes", ...ONE_STEP, "--out", "head"], folder);
    const { stdout, page } = await explain("head");
    expect(stdout).toBe(
      "page.html: 9 images without class activation maps, 20 filters, 8 channels of 1 layer\n",
    );
    expect(page).toContain(
      "This network has no class activation maps. They need a network that ends in global average pooling",
    );
    expect(page).toContain("this one ends in <code>linear</code>");
    expect(page).not.toContain("Class activation map of");
    expect(page).toContain("red, green and blue are the weights of the three channels");
    expect(headings(page, "h3")).toEqual(["net.1: relu"]);
    expect(page).toContain("whose largest values vary most from image to image");
    expect(page).toContain("disc");
    const alone = await explain("head", "shapes/test/disc/000000.png");
    expect(alone.page).toContain("whose largest values are largest");
  });

  it("has maps whose means are the scores of ONNX Runtime", async () => {
    const { architecture, parameters } = await readTrainedModel(join(folder, "run"), {}, { note: () => {} });
    const { test } = await loadDataset(join(folder, "data"));
    const { images } = test as { readonly images: Uint8Array } & typeof test;
    const options = { maxBatch: 30, imageFormat: imageFormat(test, { mean: 0, std: 1 }), threads: 1 };
    await withModel({ backend: "onnxruntime", device: "cpu" }, architecture, options, async (model) => {
      await model.writeParameters(parameters);
      const batch = { images: Uint8Array.from(images) };
      const { maps, bias, scores } = await classMaps(model, batch);
      expect(maps.shape).toEqual([30, 10, 4, 4]);
      const { data } = await model.predict(batch);
      for (const actual of [scoresOfMaps({ maps, bias }), scores.data]) {
        const difference = Array.from(data, (score, index) => score - Number(actual[index]));
        // Only the order of float32 sums differs: docs/numerics.md, reordered sum.
        expect(Math.hypot(...difference) / Math.hypot(...data)).toBeLessThan(2e-6);
      }
      expect(new Set(data).size).toBeGreaterThan(100);
    });
    const args = ["explain", "run", "own/a.png", "--threads", "1", "--output", "ort.html"];
    const { status, stderr } = await runHere(args, folder);
    expect([status, stderr]).toEqual([0, ""]);
    const page = await readFile(join(folder, "ort.html"), "utf8");
    const [, difference] =
      /differ from the means of their maps by at most ([\d.e-]+), which is rounding/.exec(page) ?? [];
    expect(Number(difference)).toBeLessThan(1e-5);
  });
});

describe("explain refuses", () => {
  it.each([
    [["--channels", "6"], "--channels: net.0 has the channels 0 to 5, got 6"],
    [["--channels", "x"], "Expected channels from 0 and ranges of them joined by commas"],
    [
      ["--layer", "net.5"],
      "--layer: expected layers with channels (net.0, net.1, net.2, net.3, net.4), got net.5",
    ],
    [["own"], "own: expected an image, got a folder: name the images in it"],
    [["missing.png"], "missing.png: cannot be read: there is no such file"],
    [["broken.png"], "broken.png: expected a PNG, JPEG, WebP, GIF or AVIF image, found another kind of file"],
    [
      ["own/a.png", "--limit", "5"],
      "explain: --limit is for the images of a data set: add --data, or omit it",
    ],
    [["--data", "shapes-of-others"], "shapes-of-others"],
    [new Array<string>(201).fill("own/a.png"), "explain: expected at most 200 images, got 201"],
  ])("%j", async (args, line) => {
    await writeFile(join(folder, "broken.png"), "no picture");
    expectRefusal(
      await runHere(["explain", "run", ...args, ...REFERENCE, "--output", "no.html"], folder),
      line,
    );
    await expect(readFile(join(folder, "no.html"))).rejects.toThrow("ENOENT");
  });

  it("a folder that is no run, a model without weights, a page that cannot be written, and none", () =>
    inNewFolder(async (cwd) => {
      await mkdir(join(cwd, "empty"));
      const run = join(folder, "run");
      for (const [args, line] of [
        [["empty", "--output", "p"], "expected the folder of a run or of a checkpoint"],
        [["nin-mnist", "--output", "p"], "nin-mnist is a model: pass its weights with --weights"],
        [[run, "--output", "no/p"], "no/p: cannot be written: there is no such file or folder"],
        [[run], "required option '--output <file>' not specified (see nin explain --help)"],
      ] as const)
        expectRefusal(await runHere(["explain", ...args], cwd), line);
    }));

  it("nothing of pictures that are broken where they are to be skipped, unless all are", async () => {
    await writeFile(join(folder, "broken.png"), "no picture");
    const args = ["--skip-broken", ...REFERENCE, "--output", "page.html"];
    const some = await runHere(["explain", "run", "broken.png", "own/b.png", ...args], folder);
    expect([some.status, some.stderr]).toEqual([0, expect.stringMatching(/^Skipped broken\.png: [^\n]+\n$/)]);
    expect(some.stdout).toContain("1 image with");
    const none = await runHere(["explain", "run", "broken.png", ...args], folder);
    expect([none.status, none.stderr]).toEqual([
      2,
      expect.stringContaining("nin: none of 1 image can be read\n"),
    ]);
  });
});
