import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadDataset } from "@nin/data/node";
import { at } from "@nin/spec";
import { inNewFolder, newFolder } from "@nin/test-support";
import { evaluateModel } from "@nin/training";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { withModel } from "../arguments/backend-options.js";
import { imageFormat } from "../arguments/data-source.js";
import { readTrainedModel } from "../arguments/trained-model.js";
import { runHere } from "../testing/in-process.js";
import { nin } from "../testing/nin.js";
import { noisePixels, writePicture } from "../testing/pictures.js";
import { expectRefusal } from "../testing/refusal.js";
import { useSmallInputs } from "../testing/small-inputs.js";

const inputs = useSmallInputs();
const REFERENCE = ["--backend", "reference"];
const NAMES = ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"];

let folder = "";
let pictures: readonly string[] = [];
/** What evaluating says of the 30 test images. */
let expected: { readonly predictions: Uint16Array; readonly probabilities: Float32Array };

beforeAll(async () => {
  folder = await newFolder();
  const flags = ["--recipe", "d2l", "--batch-size", "8", "--epochs", "2", "--lr", "0.1", ...REFERENCE];
  await runHere(["train", inputs.model, "--data", inputs.data, ...flags, "--out", "run"], folder);
  const { test } = await loadDataset(inputs.data);
  const { images } = test as { readonly images: Uint8Array } & typeof test;
  pictures = Array.from({ length: test.count }, (_, index) => `images/${index}.png`);
  for (const [index, name] of pictures.entries()) {
    const pixels = images.subarray(index * 64, (index + 1) * 64);
    await writePicture(join(folder, name), pixels, { width: 8, height: 8, channels: 1 });
  }
  const trained = await readTrainedModel(join(folder, "run"), {}, { note: () => {} });
  const { architecture, parameters } = trained;
  const format = imageFormat(test, { mean: 0, std: 1 });
  const options = { imageFormat: format };
  expected = await withModel({ backend: "reference" }, architecture, options, async (model) => {
    await model.writeParameters(parameters);
    return evaluateModel(model, test);
  });
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Classified {
  readonly image: string;
  readonly predictions: readonly {
    readonly class: string;
    readonly index: number;
    readonly probability: number;
  }[];
}

async function predict(...args: readonly string[]): Promise<readonly Classified[]> {
  const { status, stdout, stderr } = await runHere(["predict", ...args, ...REFERENCE, "--json"], folder);
  expect([status, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout);
}

describe("predict", () => {
  it("gives of image files what evaluating gives of the same images", async () => {
    const found = await predict("run", ...pictures);
    expect(found.map(({ image }) => image)).toEqual(pictures);
    const first = found.map(({ predictions }) => predictions[0]);
    expect(first.map((prediction) => prediction?.index)).toEqual([...expected.predictions]);
    expect(first.map((prediction) => Math.fround(prediction?.probability ?? Number.NaN))).toEqual([
      ...expected.probabilities,
    ]);
    expect(first.map((prediction) => prediction?.class)).toEqual(
      [...expected.predictions].map((index) => NAMES[index]),
    );
    expect(new Set(expected.predictions).size).toBeGreaterThan(1);
    for (const { predictions } of found) expect(predictions).toHaveLength(5);
  });

  it("gives the same for a checkpoint, a file of weights, and each export", async () => {
    const some = pictures.slice(0, 4);
    const same = await predict("run", ...some);
    const { stdout } = await runHere(["predict", "run", "--checkpoint", "best", "images/0.png"], folder);
    expect(stdout).toBe("");
    for (const [format, output] of [
      ["onnx", "m.onnx"],
      ["safetensors", "w.safetensors"],
      ["tfjs", "layers"],
    ] as const) {
      const exported = await runHere(["export", "run", "--format", format, "--output", output], folder);
      expect([exported.status, exported.stderr]).toEqual([0, ""]);
    }
    const step = (await readFile(join(folder, "run/checkpoints/latest"), "utf8")).trim();
    expect(await predict("run", "--checkpoint", step, ...some)).toEqual(same);
    expect(await predict(`run/checkpoints/${step}`, ...some)).toEqual(same);
    expect(await predict("w.safetensors", ...some)).toEqual(same);
    expect(await predict(inputs.model, "--weights", "w.safetensors", ...some)).toEqual(same);
    // These hold float32, and the reference computes in float64.
    const close = same.map(({ image, predictions }) => ({
      image,
      predictions: predictions.map((each) => ({
        ...each,
        probability: expect.closeTo(each.probability, 6),
      })),
    }));
    expect(await predict("m.onnx", ...some)).toEqual(close);
    expect(await predict(inputs.model, "--weights", "layers/model.json", ...some)).toEqual(close);
  });

  it("makes any picture an image as training does: turned, cropped, grey, resized", async () => {
    await writePicture(join(folder, "large.png"), noisePixels(300 * 200 * 4, 3), {
      width: 300,
      height: 200,
      channels: 4,
    });
    // The part in the middle with the aspect of the network's images.
    const { default: sharp } = await import("sharp");
    const cropped = sharp(join(folder, "large.png")).extract({ left: 50, top: 0, width: 200, height: 200 });
    await cropped.png().toFile(join(folder, "cropped.png"));
    const [whole, part] = await predict("run", "large.png", "cropped.png");
    expect(whole?.predictions).toEqual(part?.predictions);
    const [other] = await predict("run", "images/0.png");
    expect(whole?.predictions).not.toEqual(other?.predictions);
  });

  it("prints a line for each image, in a process too", async () => {
    const { status, stdout, stderr } = await nin(["predict", "run", ...pictures.slice(0, 2), "--top", "2"], {
      cwd: folder,
    });
    expect([status, stderr]).toEqual([0, ""]);
    const line = (name: string) => `images/${name}\\.png: \\d \\d+\\.\\d\\d%, \\d \\d+\\.\\d\\d%\n`;
    expect(stdout).toMatch(new RegExp(`^${line("0")}${line("1")}$`));
    const all = await runHere(["predict", "run", "images/0.png", "--top", "99", ...REFERENCE], folder);
    expect(all.stdout.split(",")).toHaveLength(10);
  });

  it("classifies more images than a batch holds, in their order, and says how far it is", async () => {
    const many = Array.from({ length: 300 }, (_, index) => at(pictures, index % 30));
    const found = await predict("run", "--top", "1", ...many);
    expect(found.map(({ image }) => image)).toEqual(many);
    expect(found.map(({ predictions }) => predictions[0]?.index)).toEqual(
      many.map((_, index) => expected.predictions[index % 30]),
    );
  });

  it("reports and skips what cannot be read where that is asked for", () =>
    inNewFolder(async (cwd) => {
      const [good, text] = [join(folder, "images/1.png"), join(cwd, "text.png")];
      await writeFile(text, "not a picture");
      await writeFile(join(cwd, "cut.png"), (await readFile(good)).subarray(0, 60));
      const args = ["predict", join(folder, "run"), text, good, "cut.png", "missing.png", ...REFERENCE];
      const skipped = await runHere([...args, "--json", "--skip-broken"], cwd);
      expect(skipped.status).toBe(0);
      expect(JSON.parse(skipped.stdout).map(({ image }: Classified) => image)).toEqual([good]);
      const notes = skipped.stderr.trimEnd().split("\n");
      expect(notes.map((note) => note.split(":")[0])).toEqual([
        `Skipped ${text}`,
        "Skipped cut.png",
        "Skipped missing.png",
        "3 of 4 images skipped",
      ]);
      const none = await runHere(["predict", join(folder, "run"), text, "--skip-broken", ...REFERENCE], cwd);
      expect([none.status, none.stdout]).toEqual([2, ""]);
      expect(none.stderr.endsWith("nin: none of 1 image can be read\n")).toBe(true);
      expectRefusal(
        await runHere(
          args.filter((arg) => arg !== "missing.png"),
          cwd,
        ),
        `${text}: expected a `,
      );
    }));

  it("names classes by numbers where a file of weights does not name them", async () => {
    await runHere(["init", inputs.model, "--output", "plain"], folder);
    const args = ["predict", inputs.model, "--weights", "plain", "images/0.png", ...REFERENCE];
    expectRefusal(await runHere(args, folder), "plain does not say how images are normalized");
    expectRefusal(
      await runHere([...args, "--recipe", "robust"], folder),
      "a recipe file can have the numbers",
    );
    const { status, stdout, stderr } = await runHere([...args, "--recipe", "d2l", "--top", "1"], folder);
    expect([status, stderr]).toEqual([0, "plain does not name its classes: they are numbers from 0 to 9\n"]);
    expect(stdout).toMatch(/^images\/0\.png: \d \d+\.\d\d%\n$/);
  });
});
