import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // The other packages as Node loads them, and not transformed.
    server: { deps: { external: [/\/dist\//] } },
    // For a test that hangs: machines may be busy.
    testTimeout: 300_000,
    // Models compute in threads of their own, one each in most tests.
    maxWorkers: 2,
    // A WebGPU adapter is prepared in a process's main thread.
    pool: "forks",
  },
});
