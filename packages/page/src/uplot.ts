import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** uPlot, the library that draws the charts, as it is put into a page. */
export interface UplotFiles {
  /** Defines `uPlot`; led by the library's licence. */
  readonly script: string;
  readonly style: string;
  readonly version: string;
}

/**
 * uPlot writes numbers in the browser's language; the page is in English. It also ends with a
 * `RangeError` where that language is no valid tag, as `en-US@posix` in a headless Chromium is.
 */
const ENGLISH = `Object.defineProperty(navigator, "language", { value: "en-US" });`;

/** Reads the files of the installed uPlot. */
export function readUplot(): UplotFiles {
  const { resolve } = createRequire(import.meta.url);
  const read = (file: string): string => readFileSync(resolve(`uplot/${file}`), "utf8").trim();
  const { version } = JSON.parse(read("package.json")) as { version: string };
  return {
    script: `${ENGLISH}\n/*!\nuPlot ${version}\n\n${read("LICENSE")}\n*/\n${read("dist/uPlot.iife.min.js")}\n`,
    style: read("dist/uPlot.min.css"),
    version,
  };
}
