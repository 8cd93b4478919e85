import { spawnSync } from "node:child_process";
import { expect, it } from "vitest";

/** Ends the process with status 7 while the model's thread is inside the runtime, which takes a good part of a second. */
const PROGRAM = `
import { createNodeOnnxRuntimeBackend } from "@nin/backend-onnxruntime/node";
import { builtinArchitecture } from "@nin/spec";
const model = await createNodeOnnxRuntimeBackend().compile(builtinArchitecture("nin-mnist"), { threads: 1 });
const input = { shape: [128, 1, 28, 28], data: new Float32Array(128 * 28 * 28) };
const labels = new Uint8Array(128);
for (let call = 0; call < 5; call += 1) model.gradients({ input, labels }).catch(console.error);
setTimeout(() => process.exit(7), 400);
`;

it("a process can end while a thread is inside the runtime", () => {
  const { status, signal, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", PROGRAM], {
    cwd: import.meta.dirname,
    encoding: "utf8",
  });
  expect({ status, signal, stderr }).toEqual({ status: 7, signal: null, stderr: "" });
});
