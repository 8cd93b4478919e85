/** One line of a step. */
export function lineOf(name, { status, seconds, ...result }) {
  return `${name.padEnd(22)} ${status.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s  ${detailOf(name, result)}`;
}

/** All of it, short enough for the end of a log. */
export function tableOf({ environment: { card, driver }, settings: { device }, steps }) {
  return [
    "",
    `${device}: ${card.gpu ?? "no card"}, driver ${driver.driver_version ?? "none"}, CUDA ${card.torchCuda}, cuDNN ${card.cudnn}`,
    ...Object.entries(steps).map(([name, step]) => lineOf(name, step)),
    ...(steps.throughput?.cases ?? []).flatMap(caseLines),
  ].join("\n");
}

const MAX_ERROR = 200;

const DETAILS = {
  backends: ({ reason = "" }) => reason,
  tf32: ({ probes }) =>
    Object.entries(probes)
      .map(
        ([name, { tf32 }]) =>
          `NVIDIA_TF32_OVERRIDE ${name}: ${tf32 === undefined ? "?" : tf32 ? "TF32" : "float32"}`,
      )
      .join(", "),
  placement: ({ models = [] }) =>
    models.map(({ model, kernels, onDevice }) => `${model} ${onDevice}/${kernels} on the device`).join(", "),
  trajectory: ({ cases = [] }) => cases.map((each) => `${each.model} ${worstOf(each)}`).join(", "),
  throughput: () => "",
  "micro-batches": ({ measured = [] }) =>
    measured
      .map(({ microBatch, imagesPerSecond }) => `${microBatch}: ${speedOf(imagesPerSecond)}`)
      .join(", "),
};

function detailOf(name, result) {
  if (result.skipped !== undefined) return result.skipped;
  const { error, ending } = result;
  return [shortened(error) ?? ending, (DETAILS[name] ?? worstOf)(result)].filter(Boolean).join("; ");
}

/** The runtime's messages begin with the function that failed, `[with ...] ` and all. */
function shortened(error) {
  return error?.split("] ").at(-1).replace(/\s+/g, " ").trim().slice(0, MAX_ERROR);
}

function worstOf({ compared = 0, worst }) {
  if (worst === undefined) return "";
  return `${compared} compared, the furthest at ${worst.ratio.toPrecision(2)} of its tolerance: ${worst.name}`;
}

function caseLines({ model, batch, mode, contestants, ratios }) {
  const ratioOf = (id) => ratios.flatMap(({ peers }) => peers).find(({ peer }) => peer === id)?.speed.median;
  return contestants.map(({ id, imagesPerSecond }) => {
    const ratio = ratioOf(id);
    const beside = ratio === undefined ? "" : `  onnxruntime is ${ratio.toFixed(2)} times as fast`;
    return `${model} ${mode} ${String(batch).padStart(4)}  ${id.padEnd(28)} ${speedOf(imagesPerSecond).padStart(9)} images/s${beside}`;
  });
}

function speedOf({ median }) {
  return median.toFixed(median < 100 ? 1 : 0);
}
