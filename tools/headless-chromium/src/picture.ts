import { readFile, writeFile } from "node:fs/promises";
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
const [page, picture] = positionals;
if (page === undefined || picture === undefined) {
  throw new Error("expected a page and the file of the picture: PAGE.html PICTURE.png");
}
const browser = await Browser.start();
try {
  const width = Number(values.width);
  const opened = await browser.open(await readFile(page, "utf8"), width);
  await opened.emulate(width, { "prefers-color-scheme": values.dark ? "dark" : "light" });
  await writeFile(picture, await opened.screenshot(Number(values.height)));
} finally {
  await browser.close();
}
