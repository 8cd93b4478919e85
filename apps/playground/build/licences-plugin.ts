import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

/** A package whose code is in the build. */
interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly text: string;
}

/**
 * Writes `third-party-licences.txt`: the licence of every package of others whose code is in the page or its workers.
 *
 * @returns the plugin for the page, and the one for its workers
 */
export function licences(): { readonly page: Plugin; readonly workers: () => Plugin[] } {
  const bundled = new Map<string, Bundled>();
  const collect = (ids: Iterable<string>): void => {
    for (const id of ids) {
      const folder = packageOf(id);
      if (folder !== undefined && !bundled.has(folder)) bundled.set(folder, describe(folder));
    }
  };
  return {
    workers: () => [
      {
        name: "nin-licences-of-workers",
        generateBundle() {
          collect(this.getModuleIds());
        },
      },
    ],
    page: {
      name: "nin-licences",
      apply: "build",
      generateBundle() {
        collect(this.getModuleIds());
        const all = [...bundled.values()].sort((one, other) => (one.name < other.name ? -1 : 1));
        const source = all
          .map(({ name, version, text }) => `${name} ${version}\n\n${text.trim()}\n`)
          .join(`\n${RULE}\n\n`);
        this.emitFile({ type: "asset", fileName: "third-party-licences.txt", source });
      },
    },
  };
}

const RULE = "-".repeat(80);

/** The folder of the package that a module belongs to; undefined for our own. */
function packageOf(id: string): string | undefined {
  const [path = ""] = id.split("?");
  const found = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(path)?.[1];
  return found !== undefined && existsSync(join(found, "package.json")) ? found : undefined;
}

function describe(folder: string): Bundled {
  const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as {
    readonly name: string;
    readonly version: string;
    readonly license?: string;
  };
  const file = readdirSync(folder).find((name) => /^(?:licen[cs]e|copying)/i.test(name));
  const text = file === undefined ? `${manifest.license}` : readFileSync(join(folder, file), "utf8");
  return { name: manifest.name, version: manifest.version, text };
}
