import type { Precision } from "@nin/backend";
import {
  boundMs,
  type DeviceCeilings,
  folderStore,
  type KernelMeasurement,
  matmulKernelNames,
  measureKernels,
  measureTuning,
  openProfilingDevice,
} from "@nin/backend-webgpu/profiling";
import { runPython, statisticsOf } from "@nin/measure";
import { type Architecture, builtinArchitecture, parseArchitecture, present } from "@nin/spec";
import type { CeilingsResult, Report, StepOptions, StepResult } from "../step.js";
import { listBackends } from "./nin.js";

const INFO = ["vendor", "architecture", "device", "description", "subgroupMinSize", "subgroupMaxSize"];
const MATRIX = ["componentType", "resultComponentType", "M", "N", "K"];

/** `nin backends`; then the adapter itself, what it can do, and which kernels it gets. */
export async function listBackendsAndAdapter(options: StepOptions, report: Report): Promise<StepResult> {
  const { passed, ...listed } = await listBackends(options);
  report({ passed: false, ...listed });
  if (passed !== true) return { passed: false, ...listed };
  const { gpu, context } = await openAdapter(options);
  const adapter = present(await gpu.requestAdapter({ powerPreference: "high-performance" }), "the adapter");
  const { traits } = context;
  const info = adapter.info as GPUAdapterInfo & { readonly subgroupMatrixConfigs?: Iterable<object> };
  const expectsSoftware = options.device !== "gpu";
  return {
    passed: traits.software === expectsSoftware,
    ...listed,
    adapter: {
      name: traits.name,
      software: traits.software,
      info: fieldsOf(info, INFO),
      features: [...adapter.features].toSorted(),
      limits: fieldsOf(adapter.limits, limitNames(adapter.limits)),
      // Only Dawn with subgroup matrices has them.
      subgroupMatrices: [...(info.subgroupMatrixConfigs ?? [])].map((one) => fieldsOf(one, MATRIX)),
    },
    device: { features: traits.features, limits: traits.limits, matrices: traits.tensorCores[0] ?? null },
    kernels: {
      f32: matmulKernelNames(traits, "f32"),
      mixed: matmulKernelNames(traits, "mixed"),
    },
  };
}

/** The most that two right products of these factors differ from float64, by the norm. */
const TOLERANCE: Readonly<Record<string, number>> = {
  float32: 1e-5,
  tf32: 2e-3,
  float16: 2e-3,
  bfloat16: 1e-2,
};
/** Rows and channels of the matrices: 2.7e11 multiplications and additions on a GPU. */
const PRODUCT_SIZES = {
  full: { batch: 32, height: 64, width: 64, channels: 1024 },
  small: { batch: 1, height: 16, width: 16, channels: 128 },
};

/** A measurement of `tools/pytorch/ceilings.py`. Units of `seconds`: of each repetition. */
type PythonCeiling =
  | { readonly failed: string }
  | { readonly failed?: undefined; readonly seconds: readonly number[] };

/** What `tools/pytorch/ceilings.py` prints. */
interface PythonCeilings {
  readonly copy: PythonCeiling & { readonly bytes: number };
  readonly products: Readonly<
    Record<string, PythonCeiling & { readonly flops: number; readonly error: number }>
  >;
}

/**
 * What the GPU can do: matrix products and copies by PyTorch on random numbers, and the best products of our own
 * kernels, one large matrix by another.
 */
export async function ceilings(options: StepOptions, report: Report): Promise<StepResult> {
  const theirs = await measureTheirs(options);
  report({ passed: false, ...theirs });
  const own = await measureOwn(options);
  const isRight = theirs.copy !== undefined && Object.values(theirs.products).every(({ right }) => right);
  return { passed: isRight && own.length > 0 && theirs.failures.length === 0, ...theirs, own };
}

/** What failed is under `failures`; our own products are measured all the same. */
async function measureTheirs({ pytorchDevice, python, productExtent, copyMib }: StepOptions) {
  const args = ["--device", pytorchDevice, "--extent", `${productExtent}`, "--copy-mib", `${copyMib}`];
  const failures: { readonly id: string; readonly failed: string }[] = [];
  const products: Record<string, { flopsPerSecond: unknown; error: number; right: boolean }> = {};
  try {
    // PyTorch is told of TF32 by its own switches.
    const output = await runPython(python, "ceilings.py", args, { env: { NVIDIA_TF32_OVERRIDE: undefined } });
    const measured = JSON.parse(output.toString("utf8")) as PythonCeilings;
    for (const [name, product] of Object.entries(measured.products)) {
      if (product.failed !== undefined) {
        failures.push({ id: name, failed: product.failed });
        continue;
      }
      const { flops, seconds, error } = product;
      const right = error <= present(TOLERANCE[name], name);
      products[name] = { flopsPerSecond: ratesOf(flops, seconds), error, right };
    }
    const { copy } = measured;
    if (copy.failed === undefined) {
      return { failures, copy: { ...copy, bytesPerSecond: ratesOf(copy.bytes, copy.seconds) }, products };
    }
    failures.push({ id: "copy", failed: copy.failed });
  } catch (error) {
    failures.push({ id: "ceilings.py", failed: error instanceof Error ? error.message : String(error) });
  }
  return { failures, copy: undefined, products };
}

function ratesOf(work: number, seconds: readonly number[]) {
  return statisticsOf(seconds.map((each) => work / each));
}

/**
 * The backend's own kernels at plain matrix products: two 1x1 convolutions in a row, of which the second has all three
 * products of a training step. The best come first.
 */
async function measureOwn({ device, size, precisions, rounds }: StepOptions) {
  const { context } = await openAdapter({ device });
  const { batch, ...image } = PRODUCT_SIZES[size];
  const results = [];
  for (const precision of precisions) {
    for (const matmul of matmulKernelNames(context.traits, precision)) {
      const kernels = { matmul, winogradChannels: Number.POSITIVE_INFINITY };
      const options = { batch, precision, rounds, kernels };
      const { byKernel } = await measureKernels(context, twoProducts(image), options);
      for (const { kernel, ms, flops } of byKernel.filter((one) => one.flops > 0)) {
        results.push({ precision, kernel, ms, flopsPerSecond: (1000 * flops) / ms });
      }
    }
  }
  return results.toSorted((a, b) => b.flopsPerSecond - a.flopsPerSecond);
}

function twoProducts(input: { height: number; width: number; channels: number }): Architecture {
  const product = { kind: "conv2d", outChannels: input.channels, kernelSize: 1 };
  return parseArchitecture({
    format: "nin-architecture",
    version: 1,
    name: "two-products",
    input,
    layers: [product, product, { kind: "globalAvgPool2d" }, { kind: "flatten" }],
  });
}

/**
 * The measured search for kernels, as a training begins with it: what it tried for each convolution and what it chose.
 * It is made anew, and left where the next steps find it. A kernel that gives wrong numbers fails the step.
 */
export async function tuning(options: StepOptions, report: Report): Promise<StepResult> {
  const { model, batches, precisions } = options;
  const { context } = await openAdapter(options);
  const searches = [];
  for (const [precision, batch] of pairs(precisions, batches)) {
    const search = await measureTuning(context, builtinArchitecture(model), { precision, batch });
    searches.push({ precision, batch, ...search });
    report({ passed: false, searches });
  }
  const wrong = searches.flatMap(({ precision, layers }) =>
    layers.flatMap(({ layer, times }) =>
      Object.entries(times)
        .filter(([, ms]) => ms === null)
        .map(([kernel]) => ({ precision, layer, kernel })),
    ),
  );
  return { passed: searches.every(({ layers }) => layers.length > 0) && wrong.length === 0, wrong, searches };
}

/**
 * Every kernel of a training step by the device's own clock, compared with the time that its operations and its bytes
 * need at least by the ceilings of the step of that name.
 */
export async function kernels(options: StepOptions, report: Report): Promise<StepResult> {
  const { model, batches, precisions, rounds } = options;
  const { context } = await openAdapter(options);
  const cases: { readonly totalMs: number }[] = [];
  for (const [precision, batch] of pairs(precisions, batches)) {
    const measured = await measureKernels(context, builtinArchitecture(model), {
      ...{ batch, precision, rounds, tuning: folderStore() },
    });
    const bounded = withBounds(measured, ceilingsFor(precision, options.ceilings));
    cases.push({ ...{ model, precision, batch }, ...bounded });
    report({ passed: false, cases });
  }
  return { passed: cases.every(({ totalMs }) => totalMs > 0), cases };
}

/** The products that bound a precision's kernels: those of float32 without TF32, or of float16. */
const PRODUCTS = { f32: "float32", mixed: "float16" } as const;

/** What the GPU can do at best in a precision; undefined when the step `ceilings` did not come so far. */
function ceilingsFor(
  precision: keyof typeof PRODUCTS,
  { products, copy }: CeilingsResult = {},
): DeviceCeilings | undefined {
  const product = products?.[PRODUCTS[precision]];
  if (product === undefined || copy === undefined) return undefined;
  return { flopsPerSecond: product.flopsPerSecond.median, bytesPerSecond: copy.bytesPerSecond.median };
}

function withBounds(measured: KernelMeasurement, known: DeviceCeilings | undefined) {
  const { images, totalMs, byKernel, kernels: dispatches, memory } = measured;
  const bounded = dispatches.map((one) => ({
    ...one,
    boundMs: known === undefined ? undefined : boundMs(one, known),
  }));
  const sumOf = (some: typeof bounded): number | undefined =>
    known === undefined ? undefined : some.reduce((sum, one) => sum + present(one.boundMs), 0);
  return {
    memory,
    ...{ images, totalMs, boundMs: sumOf(bounded), imagesPerSecond: (1000 * images) / totalMs },
    ceilings: known,
    byKernel: byKernel
      .map((one) => ({ ...one, boundMs: sumOf(bounded.filter(({ kernel }) => kernel === one.kernel)) }))
      .toSorted((a, b) => b.ms - a.ms),
    kernels: bounded,
  };
}

function openAdapter({ device }: Pick<StepOptions, "device">) {
  return openProfilingDevice(device as "gpu" | "lavapipe" | "swiftshader");
}

function pairs(
  precisions: readonly Precision[],
  batches: readonly number[],
): readonly (readonly [Precision, number])[] {
  return precisions.flatMap((precision) => batches.map((batch) => [precision, batch] as const));
}

function fieldsOf(object: object, names: readonly string[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(names.map((name) => [name, Reflect.get(object, name)]));
}

/** Getters of its class. */
function limitNames(limits: GPUSupportedLimits): readonly string[] {
  return Object.getOwnPropertyNames(Object.getPrototypeOf(limits)).filter((name) => /^m(ax|in)/.test(name));
}
