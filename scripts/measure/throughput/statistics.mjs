/** Median and spread of a list of numbers. */
export function statisticsOf(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return { median: quantile(sorted, 0.5), lowest: sorted[0], highest: sorted.at(-1), values };
}

/** One contestant's speed over its slices, and how many cores it had. */
export function summaryOf({ slices, ...rest }) {
  return {
    ...rest,
    imagesPerSecond: statisticsOf(slices.map(({ images, elapsedMs }) => (1000 * images) / elapsedMs)),
    coresUsed: statisticsOf(slices.map(({ cpuMs, elapsedMs }) => cpuMs / elapsedMs)).median,
  };
}

/** How much faster the first contestant is than a peer, round by round, and what part of its memory it takes. */
export function ratiosOf([first, ...peers]) {
  return peers.map((peer) => ({
    peer: peer.id,
    speed: statisticsOf(
      first.imagesPerSecond.values.map((speed, round) => speed / peer.imagesPerSecond.values[round]),
    ),
    memory: first.peakRssBytes / peer.peakRssBytes,
  }));
}

function quantile(sorted, fraction) {
  const at = fraction * (sorted.length - 1);
  const below = sorted[Math.floor(at)];
  return below + (at - Math.floor(at)) * (sorted[Math.ceil(at)] - below);
}
