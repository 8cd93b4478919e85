import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { spawnPython } from "../python.mjs";

const BACKEND_CHILD = fileURLToPath(new URL("backend-child.mjs", import.meta.url));
const TFJS_FIT_CHILD = fileURLToPath(new URL("tfjs-fit-child.mjs", import.meta.url));
const RESIDENT_CHILD = fileURLToPath(new URL("resident-child.mjs", import.meta.url));
const TFJS_CHILD = fileURLToPath(new URL("tfjs-child.mjs", import.meta.url));

/**
 * glibc keeps freed memory instead of giving it back and faulting it in again at each step: with
 * these, PyTorch's large activations come from memory that is already mapped.
 */
export const MALLOC_TUNED = {
  MALLOC_MMAP_THRESHOLD_: `${8 * 2 ** 30}`,
  MALLOC_TRIM_THRESHOLD_: `${16 * 2 ** 30}`,
  MALLOC_TOP_PAD_: `${2 ** 30}`,
};

/** Who is measured: the backend first, then its peers. Each runs in a process of its own. */
export const CONTESTANTS = [
  { id: "onnxruntime", spawn: spawnBackend },
  { id: "pytorch-channels-last", spawn: spawnPytorch, args: ["--channels-last"] },
  {
    id: "pytorch-channels-last-malloc",
    spawn: spawnPytorch,
    args: ["--channels-last"],
    env: MALLOC_TUNED,
  },
  { id: "pytorch-default", spawn: spawnPytorch },
  {
    id: "tfjs",
    spawn: spawnBackend,
    args: ["--backend", "tfjs", "--device", "tensorflow"],
    onDemand: true,
  },
  { id: "tfjs-node", spawn: spawnTfjs, onDemand: true },
  { id: "tfjs-node-fit", spawn: spawnTfjs, child: TFJS_FIT_CHILD, onDemand: true },
  {
    id: "webgpu",
    spawn: spawnBackend,
    args: ["--backend", "webgpu", "--device", "lavapipe"],
    onDemand: true,
  },
  { id: "onnxruntime-webgpu", spawn: spawnBackend, args: ["--device", "webgpu"], onDemand: true },
  { id: "tfjs-webgpu", spawn: spawnTfjs, args: ["--runtime", "webgpu"], onDemand: true },
];

/** The one whose first steps the backend's are checked against. */
export const CHECKING_PEER = CONTESTANTS.find(({ id }) => id === "pytorch-default");

/** Our side. `this` is the contestant, with its own arguments and environment. */
export function spawnBackend(material, mode, { threads }) {
  return spawn(process.execPath, [BACKEND_CHILD, ...args(material, mode, threads), ...(this.args ?? [])], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...this.env },
  });
}

/** Our WebGPU backend with its batch on the device, as a training's data set is. `this` is the contestant. */
export function spawnResident(material, mode, { threads }) {
  return spawn(process.execPath, [RESIDENT_CHILD, ...args(material, mode, threads), ...(this.args ?? [])], {
    stdio: ["pipe", "pipe", "pipe"],
    env: { ...process.env, ...this.env },
  });
}

/** A peer. `this` is the contestant. */
export function spawnPytorch(material, mode, { threads, python }) {
  const env = { ...process.env, ...this.env, OMP_NUM_THREADS: `${threads}` };
  return spawnPython(python, "throughput.py", [...args(material, mode, threads), ...(this.args ?? [])], {
    env,
  });
}

/** TensorFlow.js, on native TensorFlow or on Dawn, from the folder that `--tfjs` names. */
export function spawnTfjs(material, mode, { threads, tfjs }) {
  if (tfjs === undefined) throw new Error("tfjs-node: expected --tfjs, a folder where it is installed");
  const env = { ...process.env, TF_NUM_INTRAOP_THREADS: `${threads}`, TF_CPP_MIN_LOG_LEVEL: "3" };
  return spawn(
    process.execPath,
    [this.child ?? TFJS_CHILD, ...args(material, mode, threads), "--module", tfjs, ...(this.args ?? [])],
    {
      stdio: ["pipe", "pipe", "pipe"],
      env,
    },
  );
}

function args({ architecture, recipe, tensors }, mode, threads) {
  return [
    ...["--architecture", architecture, "--recipe", recipe, "--tensors", tensors],
    ...["--mode", mode, "--threads", `${threads}`],
  ];
}
