/**
 * What runner and contestant say to each other: a line of JSON each, one answer to one request. A
 * contestant ends when its stdin does.
 */
export type Request =
  | { readonly do: "open" }
  | { readonly do: "check" }
  | { readonly do: "run"; readonly steps: number }
  | { readonly do: "probe" }
  | { readonly do: "reach"; readonly accuracy: number; readonly limitMs: number };

/** An answer, or why there is none. */
export type Reply<Answer> =
  | { readonly answer: Answer }
  | { readonly error: { readonly message: string; readonly code?: string } };

/** After the runtime was loaded and the network compiled. */
export interface Opened {
  /** Importing the runtime. Units: ms, as all that ends so. */
  readonly loadMs: number;
  /** Building the network, its tuning included, up to where a step can be asked for. */
  readonly compileMs: number;
  /** Of the runtime, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** What it computes on, for a person. */
  readonly device?: string;
}

/**
 * How dropout is drawn in a gate's steps: `counter` as every backend here does, `off` where a peer
 * draws its own, which cannot be compared.
 */
export type GateDropout = "counter" | "off";

/** What the gate judges. */
export interface GateAnswer {
  /** Scores of the gate's images, without dropout. Shapes: [gateImages * classes]. */
  readonly scores: readonly number[];
  /** The losses of two steps on the gate's images: the second one follows the first update. */
  readonly losses: readonly number[];
  /** How far each parameter moved in those two steps: L2 norm of the change. */
  readonly updates: Readonly<Record<string, number>>;
  readonly dropout: GateDropout;
}

/** After so many steps. */
export interface RunAnswer {
  /** By the contestant's own clock, its device waited for. */
  readonly elapsedMs: number;
  /** Processor time of the whole process. */
  readonly cpuMs: number;
  /** What its main thread was busy; null where it has no event loop. */
  readonly mainThreadMs: number | null;
  /** Resident memory now, and its high-water mark. */
  readonly rssBytes: number;
  readonly peakRssBytes: number;
  /** The high-water mark of memory on the device, where the runtime tells it. */
  readonly deviceBytes: number | null;
  /** Of training: each step's loss. */
  readonly losses: readonly number[];
  /** Of forward: the L2 norm of the last step's scores. */
  readonly scoresNorm: number | null;
}

/** What a value says that depends on the last step. */
export interface ProbeAnswer {
  /** Optimizer steps since the contestant was opened; 0 in `forward`. */
  readonly steps: number;
  /** How far each parameter is from where it began: L2 norm. Empty in `forward`. */
  readonly updates: Readonly<Record<string, number>>;
}

/** A training until an accuracy is reached. */
export interface ReachAnswer {
  readonly reached: boolean;
  readonly steps: number;
  readonly images: number;
  /** Of training alone, evaluations left out. */
  readonly trainMs: number;
  readonly evaluateMs: number;
  readonly curve: readonly { readonly step: number; readonly loss: number }[];
  readonly accuracies: readonly {
    readonly step: number;
    readonly trainMs: number;
    readonly accuracy: number;
  }[];
}

/** The answer that each request gets. */
export interface Answers {
  readonly open: Opened;
  readonly check: GateAnswer;
  readonly run: RunAnswer;
  readonly probe: ProbeAnswer;
  readonly reach: ReachAnswer;
}
