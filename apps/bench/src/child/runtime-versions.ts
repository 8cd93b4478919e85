import { createRequire } from "node:module";

/** Packages whose versions say what a backend computes with. */
const RUNTIMES = ["onnxruntime-node", "webgpu", "@tensorflow/tfjs-node", "@tensorflow/tfjs"] as const;

/** Versions of what a backend's package depends on, and of Node. */
export function runtimeVersions(backend: string): Readonly<Record<string, string>> {
  const require = createRequire(import.meta.url);
  const found: Record<string, string> = { node: process.versions.node };
  for (const name of RUNTIMES) {
    try {
      const registry = createRequire(require.resolve("@nin/registry/package.json"));
      const own = createRequire(registry.resolve(`@nin/backend-${backend}/package.json`));
      found[name] = (own(`${name}/package.json`) as { readonly version: string }).version;
    } catch {
      // The backend does not depend on it.
    }
  }
  return found;
}
