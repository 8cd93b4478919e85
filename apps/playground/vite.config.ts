import { readFileSync } from "node:fs";
import { defineConfig } from "vite";
import { licences } from "./build/licences-plugin.js";
import { serviceWorker } from "./build/service-worker-plugin.js";

const { version } = JSON.parse(
  readFileSync(new URL("../../packages/spec/package.json", import.meta.url), "utf8"),
) as { version: string };

const thirdParties = licences();

export default defineConfig({
  // The page works from any folder of any server.
  base: "./",
  plugins: [thirdParties.page, serviceWorker()],
  define: { __NIN_VERSION__: JSON.stringify(version) },
  build: { target: "es2022", assetsInlineLimit: 0, sourcemap: false },
  worker: { format: "es", plugins: thirdParties.workers },
});
