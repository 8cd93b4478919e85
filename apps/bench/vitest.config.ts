import { defineConfig } from "vitest/config";

export default defineConfig({
  // A test's limit is for one that hangs: machines may be busy.
  test: { testTimeout: 120_000, hookTimeout: 120_000, maxConcurrency: 3 },
});
