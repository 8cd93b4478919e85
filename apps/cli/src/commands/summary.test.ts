import { inNewFolder, namesBelow } from "@nin/test-support";
import { describe, expect, it } from "vitest";
import { runHere } from "../testing/in-process.js";
import { nin } from "../testing/nin.js";

/** A row of `summary --json`. */
interface Row {
  readonly name: string;
  readonly kind: string;
  readonly outputShape: readonly number[];
  readonly parameters: number;
  readonly macs: number;
}

/** The tutorial's network: kind, output shape, parameters, multiply-accumulates. */
const NIN: readonly (readonly [string, readonly number[], number, number])[] = [
  ["ninBlock", [1, 96, 54, 54], 30_336, 87_619_968],
  ["maxPool2d", [1, 96, 26, 26], 0, 0],
  ["ninBlock", [1, 256, 26, 26], 746_240, 503_939_072],
  ["maxPool2d", [1, 256, 12, 12], 0, 0],
  ["ninBlock", [1, 384, 12, 12], 1_180_800, 169_869_312],
  ["maxPool2d", [1, 384, 5, 5], 0, 0],
  ["dropout", [1, 384, 5, 5], 0, 0],
  ["ninBlock", [1, 10, 5, 5], 34_790, 869_000],
  ["globalAvgPool2d", [1, 10, 1, 1], 0, 0],
  ["flatten", [1, 10], 0, 0],
];
/** Each convolution's output and that of the ReLU after it, each pool's and dropout's; a view takes none. Units: bytes. */
const ACTIVATIONS = 4 * (6 * (279_936 + 173_056 + 55_296 + 250) + 64_896 + 36_864 + 9_600 + 9_600 + 10);
const rowsOf = (rows: readonly Row[]): unknown =>
  rows.map(({ kind, outputShape, parameters, macs }) => [kind, outputShape, parameters, macs]);

describe("summary nin --json", () => {
  it.each([
    ["from the specification", []],
    ["as built by onnxruntime", ["--backend", "onnxruntime"]],
    ["as built by a device named alone", ["--device", "cpu"]],
    ["as built by reference", ["--backend", "reference"]],
  ])("gives the known numbers, %s, and nothing else", (_name, flags) =>
    inNewFolder(async (cwd) => {
      const { status, stdout, stderr } = await nin(["summary", "nin", "--json", ...flags], { cwd });
      expect([status, stderr]).toEqual([0, ""]);
      const { layers, ...totals } = JSON.parse(stdout);
      expect(rowsOf(layers)).toEqual(NIN);
      expect(layers.map(({ name }: Row) => name)).toEqual(NIN.map((_row, index) => `net.${index}`));
      expect(totals).toEqual({
        parameters: 1_992_166,
        macs: 762_297_352,
        trainingMacs: 2_253_019_800,
        activationBytes: ACTIVATIONS,
        peakActivationBytes: 4 * 2 * 279_936,
        inferenceBytes: 4 * (1_992_166 + 2 * 279_936),
        trainingBytes: 2 * 4 * 1_992_166 + ACTIVATIONS + 4 * 50_176,
      });
      expect(await namesBelow(cwd)).toEqual([]);
    }),
  );

  it.each([[], ["--backend", "onnxruntime"], ["--backend", "reference"]])(
    "--expand gives the layers inside the blocks: %s %s",
    (...flags) =>
      inNewFolder(async (cwd) => {
        const args = ["summary", "nin-mnist", "--json"];
        const { layers, ...totals } = JSON.parse((await runHere([...args, ...flags], cwd)).stdout);
        const expanded = JSON.parse((await runHere([...args, "--expand", ...flags], cwd)).stdout);
        const { layers: inner, ...sums } = expanded as { readonly layers: readonly Row[] };
        expect(sums).toEqual(totals);
        expect(inner.slice(0, 7).map(({ name, kind }) => `${name} ${kind}`)).toEqual([
          "net.0.0 conv2d",
          "net.0.1 relu",
          "net.0.2 conv2d",
          "net.0.3 relu",
          "net.0.4 conv2d",
          "net.0.5 relu",
          "net.1 maxPool2d",
        ]);
        const block = inner.filter(({ name }) => name.startsWith("net.0."));
        const sum = (of: (row: Row) => number): number => block.reduce((total, row) => total + of(row), 0);
        expect([sum(({ parameters }) => parameters), sum(({ macs }) => macs)]).toEqual([
          layers[0].parameters,
          layers[0].macs,
        ]);
        expect(totals).toMatchObject({ parameters: 349_674, macs: 50_699_712 });
      }),
  );
});

describe("summary for a person", () => {
  it("is a table with totals, and says whose numbers they are", () =>
    inNewFolder(async (cwd) => {
      const { status, stdout, stderr } = await nin(["summary", "nin"], { cwd });
      expect([status, stderr]).toEqual([0, ""]);
      const lines = stdout.split("\n");
      expect(lines[0]).toBe("nin, from the specification, batch size 1");
      expect(lines[1]).toMatch(/^layer +kind +output shape +parameters +MACs +activations$/);
      expect(lines[3]).toMatch(/^net\.0 +ninBlock +1 x 96 x 54 x 54 +30,336 +87,619,968 +\d/);
      expect(stdout).toContain("parameters   1,992,166 (7.97 MB in f32)\n");
      expect(stdout).toContain("762,297,352 forward, 2,253,019,800 forward and backward, per image\n");
      expect(stdout).toContain("per image, 2.24 MB at a time in inference\n");
      expect(stdout).toContain("inference    10.2 MB at batch size 1, with parameters\n");
      const realized = await runHere(["summary", "nin-mnist", "--backend", "reference"], cwd);
      expect(realized.stdout).toContain("nin-mnist, as built by reference on cpu, batch size 1\n");
    }));
});
