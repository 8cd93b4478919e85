import type { DeviceDetail } from "@nin/backend";
import { adapterName, isSoftwareAdapter } from "@nin/backend";

/** The limits on which it depends what kernels and batches an adapter can take. */
const LIMITS = [
  ["maxBufferSize", "bytes"],
  ["maxStorageBufferBindingSize", "bytes"],
  ["maxStorageBuffersPerShaderStage", undefined],
  ["maxComputeWorkgroupStorageSize", "bytes"],
  ["maxComputeInvocationsPerWorkgroup", undefined],
  ["maxComputeWorkgroupsPerDimension", undefined],
] as const satisfies readonly (readonly [keyof GPUSupportedLimits, DeviceDetail["unit"]])[];

/** What an adapter says of itself: its names, whether it is a software one, features and limits. */
export function adapterDetails({ info, features, limits }: GPUAdapter): readonly DeviceDetail[] {
  return [
    { name: "adapter", value: adapterName(info) },
    ...named({ vendor: info.vendor, architecture: info.architecture, description: info.description }),
    { name: "software", value: isSoftwareAdapter(info) },
    ...subgroupSizes(info),
    ...LIMITS.map(
      ([name, unit]): DeviceDetail => ({
        name,
        value: limits[name],
        ...(unit === undefined ? {} : { unit }),
      }),
    ),
    { name: "features", value: [...features].toSorted() },
  ];
}

/** Those that the adapter does not keep to itself: a browser may leave any of them empty. */
function named(words: Readonly<Record<string, string>>): readonly DeviceDetail[] {
  return Object.entries(words)
    .filter(([, value]) => value !== "")
    .map(([name, value]) => ({ name, value }));
}

function subgroupSizes({ subgroupMinSize, subgroupMaxSize }: GPUAdapterInfo): readonly DeviceDetail[] {
  if (subgroupMinSize === undefined || subgroupMaxSize === undefined) return [];
  return [
    { name: "subgroupMinSize", value: subgroupMinSize },
    { name: "subgroupMaxSize", value: subgroupMaxSize },
  ];
}
