import { worstOf } from "./judge.mjs";

/** The result in words, one line a segment, the verdict last. */
export function reportOf({ passed, worst, pooled, wholeRun, controls, segments }) {
  return [
    "steps      loss     worst quantity                                            difference  tolerance  ratio",
    ...segments.map(segmentLine),
    "",
    `Whole run: the loss falls by ${percent(wholeRun.falls.oracle)} (oracle) and ${percent(wholeRun.falls.backend)} (backend, never set right)${
      wholeRun.plateau
        ? ", on its plateau: no fall asked for"
        : `, at least ${percent(wholeRun.leastFall)} asked for`
    }.`,
    ...controls.map(
      ({ name, ratio, refused }) =>
        `Control, ${name}: ratio ${ratio.toPrecision(3)}, ${refused ? "refused as it must be" : "NOT REFUSED"}.`,
    ),
    `${segments.filter((one) => one.worst.ratio <= 1).length} of ${segments.length} segments are within their tolerances.`,
    `By the spread of all segments together: worst ratio ${pooled.worst.ratio.toPrecision(3)} (${pooled.worst.name}); controls ${pooled.controls
      .map(({ ratio }) => ratio.toPrecision(3))
      .join(", ")}; PyTorch's float32 ${pooled.pytorchFloat32Worst.ratio.toPrecision(3)}.`,
    `PyTorch's own float32 by the same rule: worst ratio ${worstOf(segments.map((one) => one.pytorchFloat32Worst)).ratio.toPrecision(3)}.`,
    `Worst: ${worst.name}: ${worst.difference.toExponential(2)} of ${worst.tolerance.toExponential(2)} allowed, ratio ${worst.ratio.toPrecision(3)}.`,
    passed ? "PASSED" : "FAILED",
  ].join("\n");
}

function segmentLine({ first, steps, worst, losses, tooLongFor }) {
  return [
    `${first}-${first + steps - 1}`.padEnd(9),
    losses.at(-1).toFixed(5).padStart(9),
    worst.name.replace(/ over steps.*/, "").padEnd(57),
    worst.difference.toExponential(2).padStart(11),
    worst.tolerance.toExponential(2).padStart(10),
    worst.ratio.toPrecision(3).padStart(7),
    tooLongFor.length > 0 ? `(spread over a tenth of the ceiling: ${tooLongFor.length})` : "",
  ].join(" ");
}

function percent(fraction) {
  return `${(100 * fraction).toFixed(1)}%`;
}
