import { builtinArchitecture, summarize } from "@nin/spec";
import { describe, expect, it } from "vitest";
import { explain } from "./explained.js";

const { activationBytes, peakActivationBytes } = summarize(builtinArchitecture("nin-xs"));
const PARAMETERS = 4 * 30_762;
/** A batch of 96 is computed in two parts of 48. */
const settings = { model: "nin-xs", batch: 96, threads: 1 } as const;

describe("memory by formula", () => {
  it("of training has each of its parts once in the textbook, and gradients and moments on the host in the program", () => {
    const { textbook, program } = explain({ ...settings, work: "training" });
    expect(program).toMatchObject({ microBatchSize: 48, microBatches: 2 });
    expect(textbook).toEqual({
      parameters: PARAMETERS,
      optimizerState: 2 * PARAMETERS,
      gradients: PARAMETERS,
      activations: 48 * activationBytes,
      sum: 4 * PARAMETERS + 48 * activationBytes,
    });
    // The loss besides, whose bytes are one number's.
    expect(program.resultBytes).toBe(PARAMETERS + 4);
    // Gradients and two moments, next to the parameters that are fed.
    expect(program.hostBytes).toBe(3 * PARAMETERS);
    expect(program.fedBytes).toBeGreaterThan(PARAMETERS + 96 * 28 * 28);
    // Parameters, images, targets and masks, but no moments.
    expect(program.fedBytes).toBeLessThan(3 * PARAMETERS + 96 * 28 * 28);
    expect(program.arenaBytes).toBeGreaterThan(program.computedBytes);
    const { fedBytes, constantBytes, zeroBytes, arenaBytes, resultBytes, hostBytes } = program;
    expect(zeroBytes).toBe(PARAMETERS + 4);
    expect(program.sum).toBe(fedBytes + 2 * constantBytes + zeroBytes + arenaBytes + resultBytes + hostBytes);
  });

  it("of inference has neither gradients nor an optimizer's state", () => {
    const { textbook, program } = explain({ ...settings, work: "inference" });
    expect(textbook).toMatchObject({
      optimizerState: 0,
      gradients: 0,
      activations: 48 * peakActivationBytes,
    });
    expect(program.fedBytes).toBe(PARAMETERS + 96 * 28 * 28);
    expect(program.resultBytes).toBe(4 * 96 * 10);
    expect(program.hostBytes).toBe(0);
  });
});
