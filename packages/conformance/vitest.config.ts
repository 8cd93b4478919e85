import { defineConfig } from "vitest/config";

export default defineConfig({
  // For a test that hangs: machines may be busy.
  test: { testTimeout: 300_000, hookTimeout: 300_000 },
});
