import type { Precision } from "@nin/backend";

/** What the steps of a case are. */
export type Mode = "train" | "forward" | "epoch";

/**
 * What an implementation is asked to work on: a JSON file whose path is the last argument of its process.
 * All paths in it are absolute.
 */
export interface Job {
  /** Path of a `nin-architecture` file. */
  readonly architecture: string;
  /** Path of a `nin-recipe` file, of which the optimizer, the preprocessing and the seed are used. */
  readonly recipe: string;
  /** Path of a safetensors file: the initial weights by name, `input` [N, C, H, W] and `labels` [N]. */
  readonly tensors: string;
  readonly mode: Mode;
  /** Images per step: N. */
  readonly batch: number;
  /** The correctness check looks at this many images, the first of the batch. */
  readonly checkedImages: number;
  readonly threads: number;
  readonly precision: Precision;
  /**
   * Where given, backends train on a batch of bytes of this size that the session keeps as a data set, and
   * resize it to the network's input in every step. Baselines keep their input on the device anyway.
   */
  readonly resident?: { readonly height: number; readonly width: number };
  /** In `epoch`: `fashion-mnist`, `synthetic` or a folder. */
  readonly data?: string;
}

/**
 * Requests of the benchmark to an implementation's process. Each request and each answer is one line of
 * JSON, and every request gets exactly one answer. The process ends when its stdin does.
 */
export type Request =
  | { readonly do: "open" }
  | { readonly do: "check" }
  | { readonly do: "run"; readonly steps: number }
  | { readonly do: "probe" }
  | { readonly do: "reach"; readonly accuracy: number; readonly limitMs: number };

/** An answer, or the reason why there is none. */
export type Reply<Answer> =
  | { readonly answer: Answer }
  | { readonly error: { readonly message: string; readonly code?: string } };

/** The answer to `open`: the runtime is loaded and the network compiled. */
export interface Opened {
  /** Time to import the runtime. Units: ms, as in all fields with this suffix. */
  readonly loadMs: number;
  /** Time to build and tune the network, until a step can be requested. */
  readonly compileMs: number;
  /** Versions of the runtime's parts, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** The device it computes on, in words. */
  readonly device?: string;
}

/**
 * How dropout is sampled in the checked steps: `counter` as every backend of this repository does, `off` for
 * baselines, whose own random numbers cannot be compared.
 */
export type CheckDropout = "counter" | "off";

/** The answer to `check`: what the correctness check judges. */
export interface CheckAnswer {
  /** Scores of the checked images, without dropout. Shapes: [checkedImages * classes]. */
  readonly scores: readonly number[];
  /** The losses of two training steps on the checked images; the second one follows the first update. */
  readonly losses: readonly number[];
  /** How far each parameter moved in those two steps: the L2 norm of the change. */
  readonly updates: Readonly<Record<string, number>>;
  readonly dropout: CheckDropout;
  /** Of a resident job. */
  readonly resident?: ResidentCheck;
}

/** How far a resident batch's results are from those of the input that its bytes stand for. */
export interface ResidentCheck {
  /** Of the scores, relative L2. */
  readonly scores: number;
  /** Of the first step's loss, relative. */
  readonly losses: number;
}

/** The answer to `run`: the requested steps are done. */
export interface RunAnswer {
  /** Elapsed time by the implementation's own clock, waiting for the device included. */
  readonly elapsedMs: number;
  /** Processor time of the whole process. */
  readonly cpuMs: number;
  /** How long the main thread was busy; null where there is no event loop. */
  readonly mainThreadMs: number | null;
  /** Resident memory now, and its high-water mark. */
  readonly rssBytes: number;
  readonly peakRssBytes: number;
  /** The high-water mark of memory on the device, where the runtime reports it. */
  readonly deviceBytes: number | null;
  /** In training: the loss of each step. */
  readonly losses: readonly number[];
  /** In `forward`: the L2 norm of the last step's scores. */
  readonly scoresNorm: number | null;
}

/** The answer to `probe`: a value that depends on the last step. */
export interface ProbeAnswer {
  /** Optimizer steps since the implementation was opened; 0 in `forward`. */
  readonly steps: number;
  /** How far each parameter is from its initial value: the L2 norm of the change. Empty in `forward`. */
  readonly updates: Readonly<Record<string, number>>;
}

/** The answer to `reach`: a training that ended at an accuracy or at its time limit. */
export interface TimeToAccuracy {
  readonly reached: boolean;
  readonly steps: number;
  readonly images: number;
  /** Time spent training, without evaluations. */
  readonly trainMs: number;
  readonly evaluateMs: number;
  readonly curve: readonly { readonly step: number; readonly loss: number }[];
  readonly accuracies: readonly {
    readonly step: number;
    readonly trainMs: number;
    readonly accuracy: number;
  }[];
}

/** The answer to each request. */
export interface Answers {
  readonly open: Opened;
  readonly check: CheckAnswer;
  readonly run: RunAnswer;
  readonly probe: ProbeAnswer;
  readonly reach: TimeToAccuracy;
}
