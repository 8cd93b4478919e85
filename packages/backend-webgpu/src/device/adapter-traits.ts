import { adapterName, isSoftwareAdapter } from "@nin/backend";

/** What an adapter is, as far as kernels and plans depend on it. */
export interface AdapterTraits {
  /** For a person. */
  readonly name: string;
  /** Whether it is a CPU, as lavapipe and SwiftShader are. */
  readonly software: boolean;
  /** Subgroups of 8 lanes at least. */
  readonly subgroups: boolean;
  /** 16-bit floats in shaders. */
  readonly half: boolean;
  /** What its subgroups multiply at once, f16 into f32, on tensor cores; empty where there are none. */
  readonly tensorCores: readonly TensorCoreConfig[];
  /** The most bytes of one storage binding. */
  readonly maxBindingBytes: number;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

/** A matrix product that a subgroup computes at once: [m, k] by [k, n], factors f16, sums f32. */
export interface TensorCoreConfig {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  /** Lanes of every subgroup. */
  readonly lanes: number;
}

/** Lanes that the subgroup kernels share their loads among. */
const SUBGROUP_LANES = 8;

/** Dawn's, not in WebGPU yet. */
export const SUBGROUP_MATRIX = "chromium-experimental-subgroup-matrix";

/** What it adds to an adapter's info. */
interface MatrixInfo extends GPUAdapterInfo {
  readonly subgroupMatrixConfigs?: Iterable<{
    readonly componentType: string;
    readonly resultComponentType: string;
    readonly M: number;
    readonly N: number;
    readonly K: number;
  }>;
}

const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxStorageBuffersPerShaderStage",
  "maxComputeWorkgroupStorageSize",
  "maxComputeInvocationsPerWorkgroup",
  "maxComputeWorkgroupsPerDimension",
] as const;

/** Reads what an adapter and a device of it can do. */
export function adapterTraits(info: GPUAdapterInfo, device: GPUDevice): AdapterTraits {
  return {
    name: adapterName(info),
    software: isSoftwareAdapter(info),
    subgroups: device.features.has("subgroups") && (info.subgroupMinSize ?? 0) >= SUBGROUP_LANES,
    half: device.features.has("shader-f16"),
    tensorCores: tensorCoresOf(info, device),
    maxBindingBytes: Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize),
    features: [...device.features].toSorted(),
    limits: Object.fromEntries(LIMITS.map((limit) => [limit, device.limits[limit]])),
  };
}

/** The matrix products of f16 into f32 that subgroups compute at once. */
function tensorCoresOf(info: GPUAdapterInfo, device: GPUDevice): readonly TensorCoreConfig[] {
  const { subgroupMinSize, subgroupMaxSize, subgroupMatrixConfigs = [] } = info as MatrixInfo;
  const available = device.features.has(SUBGROUP_MATRIX as GPUFeatureName);
  // A subgroup of another size than expected would share the work wrongly.
  if (!available || subgroupMinSize === undefined || subgroupMinSize !== subgroupMaxSize) return [];
  return [...subgroupMatrixConfigs]
    .filter(
      ({ componentType, resultComponentType }) => componentType === "f16" && resultComponentType === "f32",
    )
    .map(({ M: m, N: n, K: k }) => ({ m, n, k, lanes: subgroupMinSize }));
}
