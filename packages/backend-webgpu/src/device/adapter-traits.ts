import { type MatrixConfig, suitsMatrices } from "../kernels/convolution/tensor-core.wgsl.js";
import { adapterName, isSoftwareAdapter } from "./adapter-info.js";

/** What an adapter is, as far as kernels and plans depend on it. */
export interface AdapterTraits {
  /** For a person. */
  readonly name: string;
  /** A CPU that plays a graphics card. */
  readonly software: boolean;
  /** Subgroups of 8 lanes at least. */
  readonly subgroups: boolean;
  /** 16-bit floats in shaders. */
  readonly half: boolean;
  /** What its subgroups multiply at once, f16 into f32: tensor cores, where there are some. */
  readonly matrices?: MatrixConfig;
  /** The most bytes of one storage binding. */
  readonly maxBindingBytes: number;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
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
    ...matricesOf(info, device),
    maxBindingBytes: Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize),
    features: [...device.features].toSorted(),
    limits: Object.fromEntries(LIMITS.map((limit) => [limit, device.limits[limit]])),
  };
}

/** The largest products of f16 into f32 that the kernels can be cut into. */
function matricesOf(info: GPUAdapterInfo, device: GPUDevice): { readonly matrices?: MatrixConfig } {
  const { subgroupMinSize, subgroupMaxSize, subgroupMatrixConfigs } = info as MatrixInfo;
  const has = (feature: string) => device.features.has(feature as GPUFeatureName);
  // A subgroup of another size than expected would share the work wrongly.
  if (!has(SUBGROUP_MATRIX) || subgroupMinSize === undefined || subgroupMinSize !== subgroupMaxSize)
    return {};
  const [matrices] = [...(subgroupMatrixConfigs ?? [])]
    .filter(
      ({ componentType, resultComponentType }) => componentType === "f16" && resultComponentType === "f32",
    )
    .map(({ M: m, N: n, K: k }): MatrixConfig => ({ m, n, k, lanes: subgroupMinSize }))
    .filter(suitsMatrices)
    .toSorted((a, b) => b.m * b.n * b.k - a.m * a.n * a.k);
  return matrices === undefined ? {} : { matrices };
}
