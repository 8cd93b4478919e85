import { adapterName, isSoftwareAdapter } from "./adapter-info.js";

/** What an adapter is, as far as kernels and plans depend on it. */
export interface AdapterTraits {
  /** For a person. */
  readonly name: string;
  /** A CPU that plays a graphics card. */
  readonly software: boolean;
  /** Subgroups of 8 lanes at least. */
  readonly subgroups: boolean;
  /** The most bytes of one storage binding. */
  readonly maxBindingBytes: number;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

/** Lanes that the subgroup kernels share their loads among. */
const SUBGROUP_LANES = 8;

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
    maxBindingBytes: Math.min(device.limits.maxStorageBufferBindingSize, device.limits.maxBufferSize),
    features: [...device.features].toSorted(),
    limits: Object.fromEntries(LIMITS.map((limit) => [limit, device.limits[limit]])),
  };
}
