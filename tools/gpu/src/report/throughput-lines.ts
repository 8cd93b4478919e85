import { speedOf } from "./speed.mjs";

/** A case of the step `throughput`: who is how fast, and how much faster each of our own is. */
export function throughputLines({ model, batch, mode, contestants, ratios }) {
  return contestants.map(({ id, imagesPerSecond }) => {
    const beside = ratios.flatMap(({ of, peers }) =>
      peers.filter(({ peer }) => peer === id).map(({ speed }) => `${of} is ${speed.median.toFixed(2)} times`),
    );
    const told = beside.length === 0 ? "" : `  ${beside.join(", ")} as fast`;
    return `${model} ${mode} ${String(batch).padStart(4)}  ${id.padEnd(34)} ${speedOf(imagesPerSecond).padStart(9)} images/s${told}`;
  });
}
