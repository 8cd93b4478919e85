import { defineConfig } from "vitest/config";

export default defineConfig({
  // A test's limit is for one that hangs: machines may be busy, and a registry slow.
  test: { testTimeout: 60_000, hookTimeout: 300_000 },
});
