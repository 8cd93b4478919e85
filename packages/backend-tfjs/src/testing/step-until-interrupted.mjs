// One step of nin-mnist in a batch of 128 on `cpu`, until SIGINT is heard.
import { builtinArchitecture, initialParameters } from "@nin/spec";
import { createNodeTensorFlowBackend } from "../../dist/node.js";

const BATCH = 128;
const optimizer = { kind: "sgd", learningRate: 0.1, momentum: 0.9, weightDecay: 0 };
const architecture = builtinArchitecture("nin-mnist");
const model = await createNodeTensorFlowBackend().compile(architecture, { device: "cpu", maxBatch: BATCH });
const init = { weight: "xavierUniform", bias: "zeros", overrides: {} };
await model.writeParameters(initialParameters(architecture, init, 0));
const session = await model.train({ optimizer, seed: 0 });

process.once("SIGINT", () => process.exit(130));
const { channels, height, width } = architecture.input;
const data = new Float32Array(BATCH * channels * height * width).fill(0.5);
const input = { shape: [BATCH, channels, height, width], data };
process.send?.("begins");
await session.step({ input, labels: new Uint8Array(BATCH) }, { learningRate: 0.1 });
process.send?.("done");
process.exit(0);
