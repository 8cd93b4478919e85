import type { Contestant } from "../implementations/implementation";
import type { CaseResult } from "../result/format";

/**
 * Whose layers are worth the time: this repository's that were measured on the network, of each hardware
 * the fastest alone where it is to be quick. All where the network was not measured.
 */
export function chooseForLayers(
  contestants: readonly Contestant[],
  cases: readonly CaseResult[],
  model: string,
  onlyFastest: boolean,
): readonly Contestant[] {
  const own = contestants.filter(({ kind }) => kind === "backend");
  const training = cases.find((of) => of.model === model && of.mode === "train");
  if (training === undefined) return own;
  const speedOf = ({ id }: Contestant): number =>
    training.entries.find(({ contestant }) => contestant === id)?.measured?.imagesPerSecond.median ?? 0;
  const measured = own.filter((contestant) => speedOf(contestant) > 0);
  if (!onlyFastest) return measured;
  return measured.filter((contestant) =>
    measured.every(
      (other) => other.hardware !== contestant.hardware || speedOf(other) <= speedOf(contestant),
    ),
  );
}
