import type { Precision } from "@nin/backend";
import type { ImageSize } from "@nin/data";
import type { DownloadProgress } from "@nin/data/node";
import { type Architecture, builtinArchitecture } from "@nin/spec";
import type { BenchProgress, CasePlan, Pace } from "../cases/case-context.js";
import type { TargetOptions } from "../implementations/targets.js";
import type { Mode } from "../protocol/messages.js";

/** A network, and the name under which it is reported. */
export interface NamedModel {
  readonly name: string;
  readonly architecture: Architecture;
}

/** What can be measured: the modes of cases, and more. */
export type Section = Mode | "accuracy" | "layers" | "memory";

/** What a run measures, and how. */
export interface BenchOptions extends Omit<TargetOptions, "threads"> {
  /** Two minutes instead of fifteen, and a small network. */
  readonly quick?: boolean;
  /** By default `nin` and `nin-mnist`, in a quick run `nin-mnist`. */
  readonly models?: readonly NamedModel[];
  readonly batches?: readonly number[];
  /** By default all but `memory`. */
  readonly sections?: readonly Section[];
  readonly precisions?: readonly Precision[];
  /** A built-in recipe, of which the optimizer and the initial weights are used; `d2l` by default. */
  readonly recipe?: string;
  /** The data set of `epoch` and `accuracy`; `synthetic` by default. */
  readonly data?: string;
  /**
   * Backends keep the images of `train` in the session, as bytes of this size, or of the network's where it is
   * `network`; in `forward` they are given as such bytes.
   */
  readonly resident?: ImageSize | "network";
  /** Threads of each implementation; all of the machine's by default. */
  readonly threads?: number;
  /** Exactly as many rounds in every case, instead of as many as fit into the time. */
  readonly rounds?: number;
  /** The length of a slice, instead of 2 s, in a quick run half a second. Units: ms. */
  readonly sliceMs?: number;
  /** For the whole run. Units: ms. */
  readonly budgetMs?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BenchProgress) => void;
  /** Receives the progress of a download, where `data` is fetched. */
  readonly onDownload?: (progress: DownloadProgress) => void;
}

/** What a run does, by default as much as fits into its time. */
export interface BenchPlan {
  readonly budgetMs: number;
  readonly pace: Pace;
  readonly cases: readonly CasePlan[];
  /** Networks whose layers are timed. */
  readonly layers: readonly CasePlan[];
  readonly accuracy: readonly CasePlan[];
  /** Networks and batch sizes whose peak memory is measured. */
  readonly memory: readonly CasePlan[];
}

const QUICK_MS = 95_000;
const FULL_MS = 810_000;
const QUICK_PACE: Pace = { sliceMs: 500, minRounds: 3, maxRounds: 15, tightWidth: 0.03 };
const FULL_PACE: Pace = { sliceMs: 2000, minRounds: 4, maxRounds: 15, tightWidth: 0.015 };
const QUICK_SECTIONS: readonly Section[] = ["train", "forward", "layers"];
const FULL_SECTIONS: readonly Section[] = ["train", "forward", "epoch", "layers", "accuracy"];
const MODES: readonly Mode[] = ["train", "forward", "epoch"];

/** A default network's batch sizes: the first is the one that all sections have, the others show scaling. */
const QUICK_BATCHES = { "nin-mnist": [8] };
const FULL_BATCHES = { nin: [32, 8], "nin-mnist": [32, 1, 8, 128] };
const OTHER_BATCHES = [32];

/** The shares of the time. */
const WEIGHTS = { train: 3, forward: 2, epoch: 2, layers: 3, accuracy: 3, memory: 1 } as const;
/** The factor by which the first network has more time than the others. */
const FIRST_WEIGHT = 1.5;
/** And the factor of a batch size after the first. */
const SCALING_WEIGHT = 0.6;

/** Decides what is measured, without looking at the machine. */
export function planBench(options: BenchOptions): BenchPlan {
  const { quick = false, precisions = ["f32"], budgetMs = quick ? QUICK_MS : FULL_MS } = options;
  const sections = options.sections ?? (quick ? QUICK_SECTIONS : FULL_SECTIONS);
  const defaults: Readonly<Record<string, readonly number[]>> = quick ? QUICK_BATCHES : FULL_BATCHES;
  const models = options.models ?? Object.keys(defaults).map(builtin);
  const batchesOf = ({ name }: NamedModel): readonly number[] =>
    options.batches ?? defaults[name] ?? OTHER_BATCHES;
  const hasEpochs = (model: NamedModel): boolean =>
    hasData(model) && (options.sections !== undefined || isSmall(model));
  const planOf = (model: NamedModel, mode: Mode, batch: number, precision: Precision, weight: number) => {
    const { name, architecture } = model;
    const size = options.resident === "network" ? architecture.input : options.resident;
    const resident = size === undefined || mode === "epoch" ? {} : { resident: sizeOf(size) };
    return { model: name, architecture, batch, precision, mode, weight, ...resident };
  };
  const cases = models.flatMap((model, order) =>
    precisions.flatMap((precision) =>
      MODES.filter((mode) => sections.includes(mode)).flatMap((mode) =>
        batchesOf(model).flatMap((batch, rank): readonly CasePlan[] => {
          const isAsked = mode === "train" || rank === 0 || options.batches !== undefined;
          if (!isAsked || (mode === "epoch" && !hasEpochs(model))) return [];
          const factor = (order === 0 ? FIRST_WEIGHT : 1) * (rank === 0 ? 1 : SCALING_WEIGHT);
          return [planOf(model, mode, batch, precision, factor * WEIGHTS[mode])];
        }),
      ),
    ),
  );
  const mains = (section: "layers" | "accuracy", from: readonly NamedModel[]): readonly CasePlan[] =>
    (sections.includes(section) ? from : []).flatMap((model) =>
      batchesOf(model)
        .slice(0, 1)
        .map((batch) => planOf(model, "train", batch, "f32", WEIGHTS[section])),
    );
  const memory = models.flatMap((model) =>
    precisions.flatMap((precision) =>
      batchesOf(model).map((batch) => planOf(model, "train", batch, precision, WEIGHTS.memory)),
    ),
  );
  return {
    budgetMs,
    pace: paceOf(options),
    cases,
    layers: mains("layers", models),
    accuracy: mains("accuracy", models.filter(hasEpochs)),
    memory: sections.includes("memory") ? memory : [],
  };
}

function paceOf({ quick = false, rounds, sliceMs }: BenchOptions): Pace {
  return {
    ...(quick ? QUICK_PACE : FULL_PACE),
    ...(sliceMs === undefined ? {} : { sliceMs }),
    ...(rounds === undefined ? {} : { minRounds: rounds, maxRounds: rounds }),
  };
}

/** Epochs of larger networks take longer than a default run; their data is resized, which is timed with it. */
function isSmall({ architecture }: NamedModel): boolean {
  return architecture.input.height <= 32;
}

/** No data set has images of two channels. */
function hasData({ architecture }: NamedModel): boolean {
  return architecture.input.channels !== 2;
}

function sizeOf({ height, width }: ImageSize): ImageSize {
  return { height, width };
}

function builtin(name: string): NamedModel {
  return { name, architecture: builtinArchitecture(name) };
}
