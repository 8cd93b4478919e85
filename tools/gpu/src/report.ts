import type { FinishedStep, StepResult } from "./step.js";

/** What the results of all steps may have, as far as it is printed. */
interface Printed {
  readonly error?: string;
  readonly reason?: string;
  readonly adapter?: { readonly name: string; readonly subgroupMatrices: readonly SubgroupMatrix[] };
  readonly device?: { readonly features: readonly string[] };
  readonly size?: string;
  /** Of the suite counts, of other steps what was measured. */
  readonly cases?: SuiteCounts | readonly (PrintedCase | KernelCase)[];
  readonly durationMs?: number;
  readonly probes?: Readonly<Record<string, { readonly tf32?: boolean }>>;
  readonly models?: readonly {
    readonly model: string;
    readonly kernels: number;
    readonly onDevice: number;
  }[];
  readonly segments?: readonly { readonly worst: Ratio; readonly pytorchFloat32Worst: Ratio }[];
  readonly products?: Readonly<Record<string, { readonly flopsPerSecond: Rate }>>;
  readonly copy?: { readonly bytesPerSecond: Rate };
  readonly own?: readonly {
    readonly precision: string;
    readonly kernel: string;
    readonly flopsPerSecond: number;
  }[];
  readonly failures?: readonly { readonly id: string; readonly failed: string }[];
  readonly searches?: readonly {
    readonly precision: string;
    readonly layers: readonly unknown[];
    readonly searchMs: number;
  }[];
  readonly wrong?: readonly { readonly kernel: string; readonly layer: string }[];
  readonly bench?: BenchResult;
  readonly measured?: readonly {
    readonly stepsPerRun: number;
    readonly maskThreads: number;
    readonly microBatches: number;
    readonly imagesPerSecond: Rate;
  }[];
  readonly curve?: {
    readonly epochs: readonly { readonly epoch: number; readonly testAccuracy: number | null }[];
  };
  readonly compared?: number;
  readonly worst?: Ratio & { readonly name: string };
}

interface SuiteCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly expectedFailures: number;
}

/** A case of the steps `cpu-comparison` and `random-architectures`. */
interface PrintedCase extends Pick<Printed, "compared" | "worst"> {
  readonly status?: string;
  readonly detail?: string;
  readonly model?: string;
}

/** A case of the step `kernels`. */
export interface KernelCase {
  readonly model: string;
  readonly precision: string;
  /** The number of images in a micro-batch. */
  readonly images: number;
  readonly totalMs: number;
  readonly boundMs?: number;
  readonly imagesPerSecond: number;
  readonly byKernel: readonly PrintedKernel[];
}

interface PrintedKernel {
  readonly kernel: string;
  readonly ms: number;
  readonly boundMs?: number;
  readonly flops: number;
  readonly bytes: number;
}

/** A result of `nin bench`, as far as it is printed. */
interface BenchResult {
  readonly cases: readonly {
    readonly batch: number;
    readonly precision: string;
    readonly mode: string;
    readonly entries: readonly { readonly status: string }[];
  }[];
}

interface Ratio {
  readonly ratio: number;
}

interface Rate {
  readonly median: number;
}

interface SubgroupMatrix {
  readonly componentType: string;
  readonly resultComponentType: string;
  readonly M: number;
  readonly N: number;
  readonly K: number;
}

/** What a result's file has of the machine and the settings, as far as it is printed. */
export interface PrintedResult {
  readonly environment: Readonly<Record<string, unknown>>;
  readonly settings: { readonly backend: string; readonly device: string };
  readonly steps: Readonly<Record<string, FinishedStep>>;
}

const MAX_ERROR = 200;
/** Kernels that take a smaller part of a step are not printed. */
const LEAST_SHARE = 0.01;

/** All of a result, short enough for the end of a log. */
export function tableOf({ environment, settings: { backend, device }, steps }: PrintedResult): string {
  const { card, driver } = environment as { card: Record<string, unknown>; driver: Record<string, unknown> };
  const { kernels } = steps as { kernels?: FinishedStep & Printed };
  return [
    "",
    `${backend} on ${device}: ${card.gpu ?? "no GPU"}, driver ${driver.driver_version ?? "none"}, CUDA ${card.torchCuda}, cuDNN ${card.cudnn}`,
    ...Object.entries(steps).map(([name, step]) => lineOf(name, step)),
    ...listed<KernelCase>(kernels?.cases).flatMap(kernelLines),
  ].join("\n");
}

/** One line of a step. */
export function lineOf(name: string, { status, seconds, ...result }: FinishedStep): string {
  return `${name.padEnd(22)} ${status.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s  ${detailOf(name, result)}`;
}

/** A case of the step `kernels`: each kernel's time, its bound, and the rate that it makes. */
export function kernelLines(kernelCase: Omit<KernelCase, "imagesPerSecond">): readonly string[] {
  const { model, precision, images, totalMs, boundMs, byKernel } = kernelCase;
  return [
    `${model} ${precision}, ${images} images at once: ${totalMs.toFixed(2)} ms${boundText(totalMs, boundMs)}`,
    ...byKernel
      .filter(({ ms }) => ms >= LEAST_SHARE * totalMs)
      .map(({ kernel, ms, boundMs: bound, flops, bytes }) => {
        const share = ((100 * ms) / totalMs).toFixed(1).padStart(5);
        const rate = flops > 0 ? flopRate((1000 * flops) / ms) : byteRate((1000 * bytes) / ms);
        return `  ${kernel.padEnd(32)} ${ms.toFixed(3).padStart(10)} ms ${share}%  ${rate.padStart(14)}${boundText(ms, bound)}`;
      }),
  ];
}

function detailOf(name: string, result: StepResult & Pick<FinishedStep, "ending">): string {
  if (result.skipped !== undefined) return result.skipped;
  const printed = result as Printed;
  const problem = printed.error === undefined ? result.ending : shortened(printed.error);
  const detail = (DETAILS[name] ?? worstText)(printed);
  return [problem, detail].filter((text) => text !== undefined && text !== "").join("; ");
}

/** What a step found out, in one line; of a step that was cut, what there is. */
const DETAILS: Readonly<Record<string, (result: Printed) => string>> = {
  backends: ({ reason, adapter, device }) =>
    adapter === undefined
      ? (reason ?? "")
      : `${adapter.name}, ${matricesText(adapter.subgroupMatrices)}, ${device?.features.includes("shader-f16") ? "f16" : "no f16"}`,
  conformance: suiteText,
  "conformance-mixed": suiteText,
  "nin-base": suiteText,
  "random-architectures": ({ cases }) =>
    listed<PrintedCase>(cases)
      .map(({ status, detail }) => `${status}: ${detail}`)
      .join(", "),
  "cpu-comparison": ({ cases }) =>
    listed<PrintedCase>(cases)
      .map((each) => `${each.model} ${worstText(each)}`)
      .join(", "),
  tf32: ({ probes = {} }) =>
    Object.entries(probes)
      .map(([name, probe]) => {
        const found = probe.tf32 === undefined ? "?" : probe.tf32 ? "TF32" : "float32";
        return `NVIDIA_TF32_OVERRIDE ${name}: ${found}`;
      })
      .join(", "),
  placement: ({ models = [] }) =>
    models.map(({ model, kernels, onDevice }) => `${model} ${onDevice}/${kernels} on the device`).join(", "),
  trajectory: ({ segments = [] }) => {
    const within = (ratios: readonly Ratio[]): number => ratios.filter(({ ratio }) => ratio <= 1).length;
    const own = within(segments.map(({ worst }) => worst));
    const pytorch = within(segments.map(({ pytorchFloat32Worst }) => pytorchFloat32Worst));
    return `${own} of ${segments.length} segments within, PyTorch's own float32 ${pytorch}`;
  },
  ceilings: ({ products = {}, copy, own = [], failures = [] }) =>
    [
      ...failures.map(({ id, failed }) => `${id}: ${shortened(failed)}`),
      ...Object.entries(products).map(
        ([name, { flopsPerSecond }]) => `${name} ${flopRate(flopsPerSecond.median)}`,
      ),
      ...(copy === undefined ? [] : [`copy ${byteRate(copy.bytesPerSecond.median)}`]),
      // The best of each precision.
      ...["f32", "mixed"]
        .flatMap((precision) => own.find((one) => one.precision === precision) ?? [])
        .map(({ kernel, flopsPerSecond }) => `${kernel} ${flopRate(flopsPerSecond)}`),
    ].join(", "),
  tuning: ({ searches = [], wrong = [] }) =>
    [
      ...searches.map(
        ({ precision, layers, searchMs }) =>
          `${precision}: ${layers.length} layers in ${(searchMs / 1000).toFixed(1)} s`,
      ),
      ...wrong.map(({ kernel, layer }) => `${kernel} is wrong at ${layer}`),
    ].join(", "),
  kernels: ({ cases }) =>
    listed<KernelCase>(cases)
      .map(({ precision, imagesPerSecond }) => `${precision} ${imagesPerSecond.toFixed(1)} images/s`)
      .join(", "),
  throughput: ({ bench }) =>
    (bench?.cases ?? [])
      .map(({ mode, precision, batch, entries }) => {
        const measured = entries.filter(({ status }) => status === "measured").length;
        return `${mode} ${precision} ${batch}: ${measured} of ${entries.length} measured`;
      })
      .join(", "),
  runs: ({ measured = [] }) =>
    measured
      .map(
        ({ stepsPerRun, maskThreads, microBatches, imagesPerSecond: { median } }) =>
          `${stepsPerRun} steps, ${maskThreads} threads, ${microBatches} parts ${median.toFixed(median < 100 ? 1 : 0)}`,
      )
      .join(", "),
  curve: ({ curve }) =>
    (curve?.epochs ?? [])
      .map(({ epoch, testAccuracy }) => `${epoch}: ${testAccuracy === null ? "?" : testAccuracy.toFixed(4)}`)
      .join(", "),
};

function suiteText({ size, cases, durationMs }: Printed): string {
  // A step that was cut has no counts.
  if (cases === undefined || durationMs === undefined || !("passed" in cases)) return "";
  const { passed, failed, skipped, expectedFailures } = cases;
  return `${size}: ${passed} passed, ${failed} failed, ${skipped} skipped, ${expectedFailures} expected failures in ${(durationMs / 1000).toFixed(0)} s`;
}

function matricesText(matrices: readonly SubgroupMatrix[]): string {
  if (matrices.length === 0) return "no subgroup matrices";
  return `subgroup matrices ${matrices
    .map(
      ({ componentType, resultComponentType, M, N, K }) =>
        `${componentType}>${resultComponentType} ${M}x${N}x${K}`,
    )
    .join(", ")}`;
}

function worstText({ compared, worst }: Pick<Printed, "compared" | "worst">): string {
  if (worst === undefined) return "";
  return `${compared} compared, the furthest at ${worst.ratio.toPrecision(2)} of its tolerance: ${worst.name}`;
}

/**
 * Of several lines the first and the last, where a child's error stands. The runtime's messages begin with the function
 * that failed, `[with ...] ` and all.
 */
function shortened(error: string): string {
  const lines = error.trim().split("\n");
  return [...new Set([lines.at(0), lines.at(-1)])]
    .map((line) => `${line}`.split("] ").at(-1)?.replace(/\s+/g, " ").trim().slice(0, MAX_ERROR))
    .join(" ... ");
}

function listed<Case extends PrintedCase | KernelCase>(cases: Printed["cases"]): readonly Case[] {
  return Array.isArray(cases) ? (cases as readonly Case[]) : [];
}

function boundText(ms: number, boundMs: number | undefined): string {
  if (boundMs === undefined) return "";
  return `  bound ${boundMs.toFixed(3)} ms (${((100 * boundMs) / ms).toFixed(0)}%)`;
}

function flopRate(flopsPerSecond: number): string {
  return flopsPerSecond < 1e12
    ? `${(flopsPerSecond / 1e9).toFixed(1)} GFLOP/s`
    : `${(flopsPerSecond / 1e12).toFixed(1)} TFLOP/s`;
}

function byteRate(bytesPerSecond: number): string {
  return `${(bytesPerSecond / 1e9).toFixed(1)} GB/s`;
}
