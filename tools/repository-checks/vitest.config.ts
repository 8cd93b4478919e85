import { defineConfig } from "vitest/config";

const PACKED = "src/packed/**/*.test.ts";

export default defineConfig({
  test: {
    // A test's limit is for one that hangs: machines may be busy.
    testTimeout: 60_000,
    // One worker and one process that it starts for each core.
    maxWorkers: "100%",
    maxConcurrency: 2,
    projects: [
      { extends: true, test: { name: "repository", exclude: [PACKED, "**/node_modules/**"] } },
      { extends: true, test: { name: "packed", include: [PACKED], globalSetup: "src/packed/pack-once.ts" } },
    ],
  },
});
