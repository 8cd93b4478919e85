import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // The other packages as Node loads them: transformed, every call of an imported function is a property access.
    server: { deps: { external: [/\/dist\//] } },
    // What is waited for comes in milliseconds, but machines may be busy.
    expect: { poll: { timeout: 10_000 } },
    // A test's limit is for one that hangs: machines may be busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxConcurrency: 3,
  },
});
