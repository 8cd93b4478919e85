import { defineConfig } from "vitest/config";

/** Types at moments of a training: other tests at the same time would shift them. */
const TIMED = "src/interruptions/double-interrupts.test.ts";

export default defineConfig({
  test: {
    // One worker for each core: the default leaves one core idle, which is half of a small machine.
    maxWorkers: "100%",
    projects: [
      { extends: true, test: { name: "measure", exclude: [TIMED, "**/node_modules/**", "**/dist/**"] } },
      { extends: true, test: { name: "timed", include: [TIMED], sequence: { groupOrder: 1 } } },
    ],
  },
});
