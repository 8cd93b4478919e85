import { defineConfig } from "vitest/config";

/** Compares times: other tests at the same time would change them. */
const TIMED = "src/cases/run-case.test.ts";

export default defineConfig({
  test: {
    // The other packages as Node loads them: transformed, every call of an imported function is a property access.
    server: { deps: { external: [/\/dist\//] } },
    // What is waited for comes in milliseconds, but machines may be busy.
    expect: { poll: { timeout: 10_000 } },
    // A test's limit is for one that hangs: machines may be busy.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // One worker for each core: the default leaves one core idle, which is half of a small machine.
    maxWorkers: "100%",
    maxConcurrency: 3,
    projects: [
      { extends: true, test: { name: "bench", exclude: [TIMED, "**/node_modules/**", "**/dist/**"] } },
      { extends: true, test: { name: "timed", include: [TIMED], sequence: { groupOrder: 1 } } },
    ],
  },
});
