import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { Browser } from "./browser.js";

// A picture of a page, as README.md shows one: node tools/headless-chromium/dist/picture.js PAGE.html PICTURE.png
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    width: { type: "string", default: "960" },
    height: { type: "string", default: "600" },
    dark: { type: "boolean", default: false },
  },
});
const [document, picture] = positionals;
if (document === undefined || picture === undefined) {
  throw new Error("expected a page and the file of the picture: PAGE.html PICTURE.png");
}
const browser = await Browser.start();
try {
  const [width, height] = [Number(values.width), Number(values.height)];
  const colorScheme = values.dark ? "dark" : "light";
  const { page } = await browser.open(await readFile(document, "utf8"), width, { colorScheme });
  await page.screenshot({ path: picture, fullPage: true, clip: { x: 0, y: 0, width, height } });
} finally {
  await browser.close();
}
