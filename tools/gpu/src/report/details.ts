import { byteRate, flopRate, speedOf } from "./speed.mjs";

const MAX_ERROR = 200;

/** One line of a step. */
export function lineOf(name, { status, seconds, ...result }) {
  return `${name.padEnd(22)} ${status.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s  ${detailOf(name, result)}`;
}

function detailOf(name, result) {
  if (result.skipped !== undefined) return result.skipped;
  const { error, ending } = result;
  return [shortened(error) ?? ending, (DETAILS[name] ?? worstOf)(result)].filter(Boolean).join("; ");
}

const DETAILS = {
  backends: ({ reason = "", adapter, device }) =>
    adapter === undefined
      ? reason
      : `${adapter.name}, ${matricesOf(adapter)}, ${device.features.includes("shader-f16") ? "f16" : "no f16"}`,
  conformance: conformanceDetail,
  "conformance-mixed": conformanceDetail,
  tf32: ({ probes }) =>
    Object.entries(probes)
      .map(
        ([name, { tf32 }]) =>
          `NVIDIA_TF32_OVERRIDE ${name}: ${tf32 === undefined ? "?" : tf32 ? "TF32" : "float32"}`,
      )
      .join(", "),
  placement: ({ models = [] }) =>
    models.map(({ model, kernels, onDevice }) => `${model} ${onDevice}/${kernels} on the device`).join(", "),
  trajectory: ({ cases = [], segments = [] }) =>
    segments.length > 0
      ? `${withinOf(segments, "worst")} of ${segments.length} segments within, PyTorch's own float32 ${withinOf(segments, "pytorchFloat32Worst")}`
      : cases.map((each) => `${each.model} ${worstOf(each)}`).join(", "),
  ceilings: ({ products = {}, copy, own = [], failures = [] }) =>
    [
      ...failures.flatMap(failureLine),
      ...Object.entries(products).map(
        ([name, { flopsPerSecond }]) => `${name} ${flopRate(flopsPerSecond.median)}`,
      ),
      ...(copy === undefined ? [] : [`copy ${byteRate(copy.bytesPerSecond.median)}`]),
      ...bestOwn(own).map(({ kernel, flopsPerSecond }) => `${kernel} ${flopRate(flopsPerSecond)}`),
    ].join(", "),
  tuning: ({ searches = [], wrong = [] }) =>
    [
      ...searches.map(
        ({ precision, layers, searchMs }) =>
          `${precision}: ${layers.length} layers in ${(searchMs / 1000).toFixed(1)} s`,
      ),
      ...wrong.map(({ kernel, layer }) => `${kernel} is wrong at ${layer}`),
    ].join(", "),
  kernels: ({ cases = [] }) =>
    cases
      .map(({ precision, imagesPerSecond }) => `${precision} ${imagesPerSecond.toFixed(1)} images/s`)
      .join(", "),
  throughput: ({ cases = [] }) =>
    cases
      .flatMap(({ checks, failures }) => [...checks, ...failures])
      .flatMap(failureLine)
      .join(", "),
  runs: ({ measured = [] }) =>
    measured
      .map(
        ({ stepsPerRun, maskThreads, microBatches, imagesPerSecond }) =>
          `${stepsPerRun} steps, ${maskThreads} threads, ${microBatches} parts ${speedOf(imagesPerSecond)}`,
      )
      .join(", "),
  curve: ({ curve }) =>
    curve?.epochs
      .map(({ epoch, testAccuracy }) => `${epoch}: ${testAccuracy === null ? "?" : testAccuracy.toFixed(4)}`)
      .join(", "),
};

function conformanceDetail({ size, cases, durationMs }) {
  if (cases === undefined) return "";
  const { passed, failed, skipped, expectedFailures } = cases;
  return `${size}: ${passed} passed, ${failed} failed, ${skipped} skipped, ${expectedFailures} expected failures in ${(durationMs / 1000).toFixed(0)} s`;
}

function withinOf(segments, worst) {
  return segments.filter((segment) => segment[worst].ratio <= 1).length;
}

function matricesOf({ subgroupMatrices }) {
  if (subgroupMatrices.length === 0) return "no subgroup matrices";
  return `subgroup matrices ${subgroupMatrices
    .map(
      ({ componentType, resultComponentType, M, N, K }) =>
        `${componentType}>${resultComponentType} ${M}x${N}x${K}`,
    )
    .join(", ")}`;
}

/** The best of each precision. */
function bestOwn(own) {
  return ["f32", "mixed"].flatMap((precision) => own.find((one) => one.precision === precision) ?? []);
}

function failureLine({ id, failed }) {
  return failed === undefined ? [] : [`${id}: ${shortened(failed)}`];
}

/**
 * Of several lines the first and the last, where a child's error stands. The runtime's messages begin with
 * the function that failed, `[with ...] ` and all.
 */
function shortened(error) {
  if (error === undefined) return undefined;
  const lines = error.trim().split("\n");
  const ends = lines.length > 1 ? [lines[0], lines.at(-1)] : lines;
  return ends
    .map((line) => line.split("] ").at(-1).replace(/\s+/g, " ").trim().slice(0, MAX_ERROR))
    .join(" ... ");
}

function worstOf({ compared = 0, worst }) {
  if (worst === undefined) return "";
  return `${compared} compared, the furthest at ${worst.ratio.toPrecision(2)} of its tolerance: ${worst.name}`;
}
