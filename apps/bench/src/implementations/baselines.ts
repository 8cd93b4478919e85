import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { bestAdapter } from "@nin/vulkan-driver";
import { type ContestantCommand, ContestantProcess } from "../protocol/implementation-process";
import type { Absent, Contestant, Line } from "./implementation";

const FOLDER = fileURLToPath(new URL("../../baselines/", import.meta.url));
const PROBE_MS = 90_000;

/**
 * glibc keeps freed memory instead of giving it back and faulting it in again at each step: with
 * these, PyTorch's large activations come from memory that is already mapped.
 */
const MALLOC_TUNED = {
  MALLOC_MMAP_THRESHOLD_: `${8 * 2 ** 30}`,
  MALLOC_TRIM_THRESHOLD_: `${16 * 2 ** 30}`,
  MALLOC_TOP_PAD_: `${2 ** 30}`,
};

/** A program of ours on another runtime, before it is known whether that is there. */
interface Peer {
  readonly id: string;
  readonly name: string;
  readonly hardware: string;
  readonly command: ContestantCommand;
  /** Says what it would compute on, or fails. Peers of the same runtime are probed once. */
  readonly probe: ContestantCommand;
}

/** A probe's answer. */
interface ProbeResult {
  readonly why?: string;
  /** Where it is not the processor, or what else the peer says. */
  readonly hardware: string | null;
}

/** How the peers are reached. */
export interface PeerPlaces {
  /** A Python. */
  readonly python?: string;
  /** A folder. */
  readonly tfjs?: string;
  readonly threads: number;
}

/** The peers that are installed, in Python or in a folder of TensorFlow.js; the others by name. */
export async function peerLine(places: PeerPlaces, report: (doing: string) => void): Promise<Line> {
  const contestants: Contestant[] = [];
  const absent: Absent[] = [...unnamedPlaces(places)];
  const probes = new Map<string, ProbeResult>();
  for (const peer of peersAt(places)) {
    const runtime = peer.probe.args.join(" ");
    if (!probes.has(runtime)) report(peer.id);
    const found = probes.get(runtime) ?? (await probe(peer.probe));
    const { why, hardware } = found;
    probes.set(runtime, found);
    if (why === undefined) contestants.push(contestantOf({ ...peer, hardware: hardware ?? peer.hardware }));
    else absent.push({ what: peer.id, why });
  }
  return { contestants, absent };
}

function peersAt({ python, tfjs, threads }: PeerPlaces): readonly Peer[] {
  return [
    ...(python === undefined ? [] : pythonPeers(python, threads)),
    ...(tfjs === undefined ? [] : tfjsPeers(resolve(tfjs), threads)),
  ];
}

function pythonPeers(python: string, threads: number): readonly Peer[] {
  const env = { OMP_NUM_THREADS: `${threads}` };
  const peer = (id: string, name: string, script: string, args: readonly string[] = [], more = {}): Peer => ({
    id,
    name,
    hardware: "cpu",
    command: { file: python, args: [`${FOLDER}${script}`, ...args], env: { ...env, ...more } },
    probe: { file: python, args: [`${FOLDER}${script}`, "--probe"] },
  });
  const pytorch = (id: string, name: string, variant: string, more = {}): Peer =>
    peer(id, name, "pytorch_baseline.py", [variant], more);
  return [
    pytorch("pytorch", "PyTorch as it comes", "eager"),
    pytorch("pytorch:channels-last", "PyTorch, channels-last", "channels-last"),
    pytorch(
      "pytorch:channels-last-malloc",
      "PyTorch, channels-last, malloc keeping its memory",
      "channels-last",
      MALLOC_TUNED,
    ),
    pytorch("pytorch:compiled", "PyTorch, channels-last, torch.compile", "compiled"),
    peer("jax", "JAX, NHWC, the step compiled", "jax_baseline.py"),
    peer("keras", "Keras on TensorFlow, NHWC, the step a tf.function", "keras_baseline.py"),
  ];
}

function tfjsPeers(folder: string, threads: number): readonly Peer[] {
  const peer = (id: string, name: string, runtime: string, hardware: string): Peer => ({
    id,
    name,
    hardware,
    command: {
      file: process.execPath,
      args: [`${FOLDER}tfjs-baseline.mjs`, runtime, folder],
      env: { TF_NUM_INTRAOP_THREADS: `${threads}`, TF_CPP_MIN_LOG_LEVEL: "3" },
    },
    probe: { file: process.execPath, args: [`${FOLDER}tfjs-baseline.mjs`, runtime, folder, "--probe"] },
  });
  return [
    peer("tfjs-node", "TensorFlow.js on native TensorFlow, written by hand", "node", "cpu"),
    peer(
      "tfjs-webgpu",
      "TensorFlow.js on its WebGPU, written by hand",
      "webgpu",
      bestAdapter()?.id ?? "webgpu",
    ),
  ];
}

function contestantOf({ id, name, hardware, command }: Peer): Contestant {
  return {
    id,
    name,
    kind: "peer",
    hardware,
    modes: ["train", "forward"],
    precisions: ["f32"],
    dropout: "off",
    command,
  };
}

/** What a peer says that it would compute on, or why it cannot run. */
async function probe(command: ContestantCommand): Promise<ProbeResult> {
  const child = new ContestantProcess(command);
  try {
    return (await child.next(PROBE_MS)) as ProbeResult;
  } catch (error) {
    return { why: error instanceof Error ? error.message : String(error), hardware: null };
  } finally {
    child.kill();
  }
}

function unnamedPlaces({ python, tfjs }: PeerPlaces): readonly Absent[] {
  return [
    ...(python === undefined
      ? [
          {
            what: "PyTorch, JAX, Keras",
            why: "no Python was named; measured with --python PATH where they are installed",
          },
        ]
      : []),
    ...(tfjs === undefined
      ? [
          {
            what: "programs written for TensorFlow.js",
            why: "no folder was named; measured with --tfjs FOLDER where it is installed",
          },
        ]
      : []),
  ];
}
