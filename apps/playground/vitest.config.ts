import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // The other packages as Node loads them: transformed, every call of an imported function is a property access.
    server: { deps: { external: [/\/dist\//] } },
    // What is waited for comes in milliseconds, but machines may be busy.
    expect: { poll: { timeout: 10_000 } },
    // One worker for each core: the default leaves one core idle, which is half of a small machine.
    maxWorkers: "100%",
  },
});
