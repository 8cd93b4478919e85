import { defineConfig } from "vitest/config";

export default defineConfig({
  // A test's limit is for one that hangs: machines may be busy.
  test: { testTimeout: 60_000 },
});
