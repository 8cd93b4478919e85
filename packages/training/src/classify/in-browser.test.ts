import { fileURLToPath } from "node:url";
import { readImageBytes } from "@nin/data/node";
import { useBrowser } from "@nin/headless-chromium";
import { at } from "@nin/spec";
import { build } from "esbuild";
import sharp from "sharp";
import { expect, it } from "vitest";
import { canvasPixels, classifyingModel } from "../testing/classified.js";
import { classify } from "./classify.js";

const [WIDTH, HEIGHT] = [45, 27];

/** A page that defines `classifyInPage`, which decodes a picture's address by a canvas. */
async function document(): Promise<string> {
  const contents = `
    import { classify } from "./classify.js";
    import { classifyingModel } from "../testing/classified.js";
    globalThis.classifyInPage = async (address) => {
      const { model, options } = await classifyingModel();
      const image = new Image();
      image.src = address;
      await image.decode();
      const canvas = new OffscreenCanvas(image.naturalWidth, image.naturalHeight);
      const context = canvas.getContext("2d");
      context.drawImage(image, 0, 0);
      return classify(model, context.getImageData(0, 0, canvas.width, canvas.height), options);
    };
  `;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: fileURLToPath(new URL(".", import.meta.url)) },
    bundle: true,
    format: "iife",
    platform: "browser",
    write: false,
  });
  // A closing tag inside a string of the script would end the script.
  const script = at(outputFiles, 0).text.replaceAll("</script", "<\\/script");
  return `<!doctype html><meta charset="utf-8"><script>${script}</script>`;
}

const browserOf = useBrowser();

it("classifies a picture in a page with the numbers of Node", { timeout: 120_000 }, async (context) => {
  const raw = { width: WIDTH, height: HEIGHT, channels: 4 } as const;
  const png = await sharp(Buffer.from(canvasPixels(WIDTH, HEIGHT)), { raw })
    .png()
    .toBuffer();
  const { model, options } = await classifyingModel();
  const expected = await classify(model, await readImageBytes(png, options.imageFormat), options);
  const { page, complaints, requests } = await browserOf(context).open(await document(), 800);
  const call = `classifyInPage("data:image/png;base64,${png.toString("base64")}")`;
  const found = await page.evaluate<typeof expected>(call);
  expect(found.map(({ index }) => index)).toEqual(expected.map(({ index }) => index));
  // JavaScript engines may round the exponential function differently in its last bit.
  found.forEach(({ probability }, rank) => {
    expect(probability).toBeCloseTo(at(expected, rank).probability, 14);
  });
  expect([complaints, requests.filter((url) => !url.startsWith("file:"))]).toEqual([[], []]);
});
