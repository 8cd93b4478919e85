import { lacking } from "@nin/test-support";
import { afterEach, describe, expect, it, vi } from "vitest";
import { askAdapterProcess } from "./adapter-process.js";
import { AdapterUnavailableError } from "./errors.js";
import { swiftShaderObstacle, thisMachine } from "./platform.js";

const obstacle = swiftShaderObstacle(thisMachine());
const answer = new URL("testing/answer.mjs", import.meta.url).href;

afterEach(() => vi.unstubAllEnvs());

describe("a process of another adapter", { timeout: 120_000 }, () => {
  it("is prepared for it, answers and ends", async ({ skip }) => {
    if (obstacle !== undefined) return lacking("webgpu", obstacle, skip);
    expect(await askAdapterProcess(answer, "swiftshader")).toEqual({
      adapter: "swiftshader",
      prepared: true,
    });
  });

  it.for([
    ["fails", "WebGPU adapter swiftshader is not available: no luck, none at all"],
    [
      "silent",
      "WebGPU adapter swiftshader is not available: its process did not answer: it ended with status 3",
    ],
  ] as const)("that %s is an unavailable adapter", async ([how, message], { skip }) => {
    if (obstacle !== undefined) return lacking("webgpu", obstacle, skip);
    vi.stubEnv("NIN_TEST_ANSWER", how);
    const asked = askAdapterProcess(answer, "swiftshader");
    await expect(asked).rejects.toThrow(AdapterUnavailableError);
    await expect(asked).rejects.toThrow(message);
  });
});
