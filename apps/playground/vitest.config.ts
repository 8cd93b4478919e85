import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // The other packages as Node loads them: transformed, every call of an imported function is a property access.
    server: { deps: { external: [/\/dist\//] } },
    // One worker for each core: the default leaves one core idle, which is half of a small machine.
    maxWorkers: "100%",
  },
});
