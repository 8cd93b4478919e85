import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { serializeSafetensors } from "@nin/safetensors";
import { builtinArchitecture, builtinRecipe, initialParameters } from "@nin/spec";
import { inNewFolder, namesBelow } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { nin } from "../testing/nin.js";

describe("init", () => {
  it("writes the weights that every backend starts from", () =>
    inNewFolder(async (cwd) => {
      const args = ["init", "nin-mnist", "--recipe", "robust", "--seed", "11", "--output", "w"];
      const { status, stdout, stderr } = await nin(args, { cwd });
      expect([status, stdout, stderr]).toEqual([0, "w: 349,674 values in 18 tensors, seed 11\n", ""]);
      expect(await namesBelow(cwd)).toEqual(["w"]);
      const expected = initialParameters(builtinArchitecture("nin-mnist"), builtinRecipe("robust").init, 11);
      expect(Buffer.from(serializeSafetensors(expected)).equals(await readFile(join(cwd, "w")))).toBe(true);
    }));

  it("follows the recipe and the seed, robust's by default as nin train", () =>
    inNewFolder(async (cwd) => {
      const bytesOf = async (...flags: readonly string[]): Promise<Buffer> => {
        await runHere(["init", "nin-mnist", ...flags, "--output", "w"], cwd);
        return readFile(join(cwd, "w"));
      };
      const plain = await bytesOf();
      expect(plain.equals(await bytesOf("--recipe", "robust", "--seed", "0"))).toBe(true);
      expect(plain.equals(await bytesOf("--seed", "1"))).toBe(false);
      expect(plain.equals(await bytesOf("--recipe", "d2l"))).toBe(false);
    }));
});
