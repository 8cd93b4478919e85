#!/usr/bin/env node
// bundle-package [MODULE...]: compiles the package in the working folder into `dist`, with what its manifest exports and
// these modules of `src` (without their endings) as files of their own. Declarations are the TypeScript compiler's.
import { bundlePackage } from "./bundle-package.mjs";

await bundlePackage(process.cwd(), process.argv.slice(2)).catch((error) => {
  // What is wrong with a source, esbuild has printed.
  if (!("errors" in error)) throw error;
  process.exitCode = 1;
});
