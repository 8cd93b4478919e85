import type { StudyResults } from "../results/results.js";
import { sampleResults, sampleRun } from "./results.js";

/** Two networks with three seeds each, and one that has not finished. */
export function seededResults(): StudyResults {
  const networks = [
    { model: "nin-mnist?mlpConvs=0", parameters: 70_906, macs: 12_818_400, accuracies: [0.88, 0.9, 0.89] },
    { model: "nin-mnist", parameters: 349_674, macs: 50_699_712, accuracies: [0.92, 0.91, 0.93] },
  ];
  const finished = networks.flatMap(({ model, parameters, macs, accuracies }, network) =>
    accuracies.map((testAccuracy, seed) =>
      sampleRun(`${10 * (network + 1) + seed}`, {
        settings: { model, recipe: "robust", seed },
        ...{ parameters, macs, testAccuracy, testLoss: 1 - testAccuracy, elapsedMs: 60_000 * (network + 1) },
      }),
    ),
  );
  const waiting = sampleRun("30", {
    settings: { model: "vgg11", recipe: "robust", seed: 0 },
    ...{ status: "waiting", attempts: 0, testAccuracy: null, testLoss: null, epochs: null },
    ...{ imagesPerSecond: null, elapsedMs: null, parameters: 128_806_154, macs: 7_000_000_000 },
  });
  return sampleResults([...finished, waiting]);
}
