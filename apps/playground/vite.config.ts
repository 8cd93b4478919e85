import { readFileSync } from "node:fs";
import { defineConfig } from "vite";
import { serviceWorker } from "./build/service-worker-plugin.js";

const { version } = JSON.parse(
  readFileSync(new URL("../../packages/spec/package.json", import.meta.url), "utf8"),
) as { version: string };

export default defineConfig({
  // The page works from any folder of any server.
  base: "./",
  plugins: [serviceWorker()],
  define: { __NIN_VERSION__: JSON.stringify(version) },
  build: { target: "es2022", assetsInlineLimit: 0, sourcemap: false },
  worker: { format: "es" },
});
