import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportOnnx } from "@nin/backend-onnxruntime/export";
import { classCount } from "@nin/spec";
import { isRequired } from "@nin/test-support";
import { describe, expect, test } from "vitest";
import { GraphBuilder } from "../graph/graph-builder.js";
import { scan } from "../graph/scan.js";
import { DEVICE_TRAITS } from "../runtime/device-traits.js";
import { programsOf, zooArchitectures } from "../testing/program-zoo.js";
import { checkWithPython, findPythonOnnx } from "../testing/python-onnx.js";
import { heParameters } from "../testing/random-case.js";

const NEEDS = "[needs a Python with onnx: NIN_PYTHON]";
const python = findPythonOnnx();
const isSkipped = python === undefined && !isRequired("python-onnx");

/** Writes models to files of a folder that disappears after `use`. */
async function withFiles(
  models: readonly (readonly [name: string, model: Uint8Array])[],
  use: (files: readonly string[]) => Promise<void>,
): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "nin-onnx-"));
  try {
    const files = models.map(([name]) => join(folder, `${name}.onnx`));
    await Promise.all(models.map(([, model], index) => writeFile(files[index] ?? "", model)));
    await use(files);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function requirePython(): string {
  if (python === undefined)
    throw new Error("NIN_REQUIRE names python-onnx, but no Python has onnx (NIN_PYTHON)");
  return python;
}

describe.each(zooArchitectures())("%s", (_name, architecture) => {
  test.skipIf(isSkipped)(`ONNX's checker accepts every program ${NEEDS}`, async () => {
    const models = Object.entries(DEVICE_TRAITS).flatMap(([device, { dialect }]) =>
      programsOf(architecture, dialect).map(
        ([name, program]) => [`${name}-${device}`, program.graph.toModel(name)] as const,
      ),
    );
    const parameters = heParameters(architecture, 1);
    const { channels, height, width } = architecture.input;
    const description = {
      classNames: Array.from({ length: classCount(architecture) }, (_, index) => `class ${index}`),
      preprocessing: { mean: 0.5, std: 0.25 },
      image: { channels, height: height + 1, width },
      version: "1.2.3",
    };
    const exported = ["exported", exportOnnx(architecture, parameters)] as const;
    const whole = [
      "with-preprocessing",
      exportOnnx(architecture, parameters, { description, withPreprocessing: true }),
    ] as const;
    await withFiles([...models, exported, whole], async (files) => {
      const accepted = await checkWithPython(requirePython(), files);
      expect(accepted).toHaveLength(files.length);
    });
  });
});

test.skipIf(isSkipped)(
  `ONNX's checker refuses a shape that it infers otherwise, in a body too ${NEEDS}`,
  async () => {
    const wrong = (): GraphBuilder => {
      const graph = new GraphBuilder(DEVICE_TRAITS.cpu.dialect);
      const x = graph.input("x", "float32", [2, 3]);
      const { stacked } = scan(graph, [x], (body, [row = x]) => ({
        sums: [],
        stacked: [body.node("Relu", [body.node("Exp", [row], { ...row, shape: [4] })], row)],
      }));
      for (const value of stacked) graph.output(value);
      return graph;
    };
    await withFiles([["wrong", wrong().toModel("wrong")]], async (files) => {
      await expect(checkWithPython(requirePython(), files)).rejects.toThrow(/wrong\.onnx: .*Exp/s);
    });
  },
);
