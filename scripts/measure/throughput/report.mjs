const MEBIBYTE = 2 ** 20;

/** A case's table: ratios first, then each contestant's own figures. */
export function reportOf({ model, batch, mode, check, ratios, contestants }) {
  return [
    `${model}, batch ${batch}, ${mode}: losses within ${check.lossDifference.toExponential(1)}, scores within ${check.logitDifference.toExponential(1)}`,
    ...ratios.map(
      ({ peer, speed, memory }) =>
        `  ${contestants[0].id} is ${times(speed)} as fast as ${peer}, in ${memory.toFixed(2)} of its memory`,
    ),
    "                                 images/s  (lowest-highest)   peak MiB  cores  ready s  first step s",
    ...contestants.map(contestantLine),
    "",
  ].join("\n");
}

function contestantLine({ id, imagesPerSecond, peakRssBytes, coresUsed, startMs, firstStepMs }) {
  const { median, lowest, highest } = imagesPerSecond;
  return [
    `  ${id.padEnd(30)}`,
    median.toFixed(1).padStart(8),
    `(${lowest.toFixed(1)}-${highest.toFixed(1)})`.padStart(17),
    (peakRssBytes / MEBIBYTE).toFixed(0).padStart(10),
    coresUsed.toFixed(2).padStart(6),
    (startMs / 1000).toFixed(1).padStart(8),
    (firstStepMs / 1000).toFixed(1).padStart(13),
  ].join(" ");
}

function times({ median, lowest, highest }) {
  return `${median.toFixed(2)} times (${lowest.toFixed(2)}-${highest.toFixed(2)})`;
}
