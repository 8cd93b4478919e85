import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { useBrowser } from "@nin/headless-chromium";
import { at, entry } from "@nin/spec";
import { shapeSet, writeShapeFolder } from "@nin/test-support";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { readImageBytes } from "../image/read-image-file.js";
import { loadDataset } from "../load-dataset.js";
import { emptyFolder } from "../testing/idx-folder.js";
import { pillowPictures } from "../testing/pictures.js";

/** How far a browser's decoder of a lossy format is from ours. Measured: 0 for JPEG and WebP, 9 for AVIF. */
const DECODER_TOLERANCE: ReadonlyMap<string, number> = new Map([
  ["jpg", 1],
  ["webp", 1],
  ["avif", 16],
]);
const TO = { channels: 3, height: 11, width: 5 };

const browserOf = useBrowser();
let document = "";
beforeAll(async () => {
  const module = fileURLToPath(new URL("../../dist/browser.js", import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [module],
    bundle: true,
    format: "iife",
    globalName: "ninData",
    platform: "browser",
    write: false,
  });
  const script = outputFiles[0]?.text.replaceAll("</script", "<\\/script");
  document = `<!doctype html><meta charset="utf-8"><script>${script}</script>`;
}, 120_000);

/** An expression for the bytes of a file. */
function bytesOf(file: Uint8Array): string {
  return `Uint8Array.from(atob("${Buffer.from(file).toString("base64")}"), (c) => c.charCodeAt(0))`;
}

function apart(one: readonly number[], other: ArrayLike<number>): number {
  expect(one.length).toBe(other.length);
  return one.reduce((most, value, index) => Math.max(most, Math.abs(value - Number(other[index]))), 0);
}

describe("pictures in a page", { timeout: 60_000 }, () => {
  it("have the pixels that they have in Node", async (context) => {
    const { page, complaints } = await browserOf(context).open(document, 800);
    const differing: string[] = [];
    for (const { name, file, exactness } of pillowPictures()) {
      const expression = `ninData.imageFromBlob(new Blob([${bytesOf(file)}]), ${JSON.stringify(TO)}).then((image) => [...image], (error) => String(error))`;
      const found = await page.evaluate(expression);
      if (!Array.isArray(found)) {
        differing.push(`${name}: ${String(found)}`);
        continue;
      }
      const most = apart(found as number[], await readImageBytes(file, TO));
      const allowed = exactness === "exact" ? 0 : entry(DECODER_TOLERANCE, at(name.split("."), 1));
      if (most > allowed) differing.push(`${name}: ${most}`);
    }
    expect(differing).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("make the data set that the folder makes in Node", async (context) => {
    const { page } = await browserOf(context).open(document, 800);
    const folder = await emptyFolder();
    await writeShapeFolder(folder, shapeSet({ train: 10, test: 4 }));
    const { train, test } = await loadDataset(join(folder, "train"), { imageSize: TO });
    const paths = (await readdir(join(folder, "train"), { recursive: true })).filter((path) =>
      path.endsWith(".png"),
    );
    const files = await Promise.all(
      paths.toReversed().map(async (path) => {
        const bytes = await readFile(join(folder, "train", path));
        return `Object.assign(new File([${bytesOf(bytes)}], "x.png"), { path: ${JSON.stringify(path)} })`;
      }),
    );
    const options = `{ ...${JSON.stringify(TO)}, pathOf: (file) => file.path }`;
    const expression = `ninData.imageDatasetFromFiles([${files.join()}], ${options})
      .then(({ train, test }) => [train, test].map(({ images, labels, classNames }) => [[...images], [...labels], classNames]))`;
    const found = await page.evaluate(expression);
    const expected = [train, test].map(({ images, labels, classNames }) => [
      [...images],
      [...labels],
      classNames,
    ]);
    expect(found).toEqual(expected);
  });

  it("are refused by the errors of Node", async (context) => {
    const { page } = await browserOf(context).open(document, 800);
    const refused = (file: Uint8Array) =>
      page.evaluate(
        `ninData.imageFromBlob(new Blob([${bytesOf(file)}]), ${JSON.stringify(TO)}, "a.png").then(String, (error) => error.code + " " + error.message)`,
      );
    expect(await refused(new Uint8Array())).toBe(
      "NIN_DATA a.png: expected a PNG, JPEG, WebP, GIF or AVIF image, found an empty file",
    );
    const [first] = pillowPictures();
    expect(await refused(first?.file.subarray(0, 40) ?? new Uint8Array())).toMatch(
      /^NIN_DATA a\.png: expected a whole PNG image, found one that is truncated/,
    );
  });
});
