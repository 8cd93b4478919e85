/**
 * A committed fixture and its cases, which are known without reading its file: cases have the same ids on every host.
 */
export interface CatalogEntry {
  /** The name of its file: `pytorch/<file>.json`. */
  readonly file: string;
  /** Images in its batch. */
  readonly batch: number;
  /** Whether its forward and gradients cases are part of a quick run. */
  readonly quick: boolean;
  /** The training runs in it. */
  readonly runs: readonly CatalogRun[];
}

export interface CatalogRun {
  readonly id: string;
  readonly steps: number;
  readonly quick: boolean;
}

/**
 * One and two steps of each optimizer; the second one shows momentum, weight decay and the corrections of both moments.
 */
const STEPS: readonly CatalogRun[] = ["sgd", "adamw"].flatMap((optimizer) => [
  { id: `${optimizer}-1`, steps: 1, quick: false },
  { id: `${optimizer}-2`, steps: 2, quick: true },
]);

function trajectory(id: string, steps: number, quick = false): CatalogRun {
  return { id, steps, quick };
}

function small(file: string, batch: number, runs: readonly CatalogRun[] = []): CatalogEntry {
  return { file, batch, quick: true, runs };
}

function large(file: string): CatalogEntry {
  return { file, batch: 1, quick: false, runs: [] };
}

/** Every file of `fixtures/pytorch`. */
export const catalog: readonly CatalogEntry[] = [
  small("ceil-pools", 2, [...STEPS, trajectory("sgd-momentum", 24)]),
  small("ceil-padded-pools", 1),
  small("one-axis-padding", 3, STEPS),
  small("even-kernels", 5),
  small("stride-over-kernel", 2),
  small("stride-over-kernel-pools", 1),
  small("linear-head", 3, [...STEPS, trajectory("adamw", 48)]),
  small("linear-head-without-bias", 5, [...STEPS, trajectory("sgd-no-bias", 32)]),
  small("nin-block-mlp-0", 2),
  small("nin-block-mlp-1", 1, [trajectory("sgd-cosine-warmup", 24, true)]),
  small("nin-block-mlp-2", 3, [trajectory("sgd-wide", 20)]),
  small("nin-block-mlp-3", 5, [...STEPS, trajectory("sgd-blocks", 24)]),
  small("nin-block-mlp-4", 2),
  small("dropout", 1, [...STEPS, trajectory("sgd-decay-warmup", 24, true), trajectory("adamw-dropout", 20)]),
  small("every-kind", 3, [trajectory("sgd", 24), trajectory("adamw-cosine-warmup", 24, true)]),
  small("wide-convolutions", 5),
  small("three-channels", 2, [trajectory("adamw-three-channels", 24)]),
  small("pool-ties", 3),
  large("nin-size-67"),
  large("nin-head-linear-size-67"),
  large("nin-mnist-size-12"),
  large("nin-cifar10-size-10"),
  large("nin-imagenet-classes-20-size-67"),
  large("nin"),
];
