import * as ort from "onnxruntime-node";
import { nodePlatform } from "../node/node-platform.js";
import { RuntimeCalls } from "../node/runtime-calls.js";

/** The test's own thread as the place where an engine runs. */
export const cpuPlatform = nodePlatform(ort, "cpu", new RuntimeCalls());
