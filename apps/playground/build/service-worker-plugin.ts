import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Plugin } from "vite";

/** What the page needs before it can be used; the rest is loaded when it is asked for. */
const SHELL = /\.(?:html|css|svg)$|assets\/(?:index|training-worker)-[^/]*\.js$/;
/** The runtime of a device that few choose, and that is large, is kept when it is used. */
const NOT_KEPT = /asyncify|webgpu\.bundle|\.txt$/;

/** Writes the page's service worker, which knows the names of all files of the build. */
export function serviceWorker(): Plugin {
  return {
    name: "nin-service-worker",
    apply: "build",
    enforce: "post",
    generateBundle(_, bundle) {
      const names = Object.keys(bundle).sort();
      const files = ["index.html", "icon.svg", ...names.filter((name) => name !== "index.html")];
      const shell = files.filter((name) => SHELL.test(name));
      const later = files.filter((name) => !SHELL.test(name) && !NOT_KEPT.test(name));
      const code = readFileSync(new URL("service-worker.js", import.meta.url), "utf8");
      const lists = [
        `const PREFIX = "nin-playground ";`,
        `const SHELL = ${JSON.stringify(["./", ...shell])};`,
        `const LATER = ${JSON.stringify(later)};`,
      ].join("\n");
      const version = createHash("sha256").update(lists).update(code).digest("hex").slice(0, 12);
      const source = `const VERSION = "${version}";\n${lists}\n${code}`;
      this.emitFile({ type: "asset", fileName: "service-worker.js", source });
    },
  };
}
