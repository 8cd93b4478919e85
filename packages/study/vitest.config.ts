import { configDefaults, defineConfig } from "vitest/config";

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
// pg-boss wants Node 22.12: src/queue/peers.test.ts runs these in one.
const isOldNode = major < 22 || (major === 22 && minor < 12);

export default defineConfig({
  test: {
    // The other packages as Node loads them: transformed, every call of an imported function is a property access.
    server: { deps: { external: [/\/dist\//] } },
    // What is waited for comes in milliseconds, but machines may be busy.
    expect: { poll: { timeout: 10_000 } },
    // One worker for each core: the default leaves one core idle, which is half of a small machine.
    maxWorkers: "100%",
    exclude: [...configDefaults.exclude, ...(isOldNode ? ["**/*.database.test.ts"] : [])],
  },
});
