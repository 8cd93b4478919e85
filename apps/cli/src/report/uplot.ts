import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

/** uPlot, the library that draws the charts, as it is put into a page. */
export interface UplotFiles {
  /** Defines `uPlot`; led by the library's licence. */
  readonly script: string;
  readonly style: string;
  readonly version: string;
}

/** Reads the files of the installed uPlot. */
export function readUplot(): UplotFiles {
  const { resolve } = createRequire(import.meta.url);
  const read = (file: string): string => readFileSync(resolve(`uplot/${file}`), "utf8").trim();
  const { version } = JSON.parse(read("package.json")) as { version: string };
  return {
    script: `/*!\nuPlot ${version}\n\n${read("LICENSE")}\n*/\n${read("dist/uPlot.iife.min.js")}\n`,
    style: read("dist/uPlot.min.css"),
    version,
  };
}
