import { matmulKernels } from "../../../../packages/backend-webgpu/dist/kernels/matmul/matmul.js";
import { openForMeasuring } from "../../../measure/webgpu-kernels/open-adapter.mjs";
import { run as listBackends } from "../backends.mjs";

const INFO = ["vendor", "architecture", "device", "description", "subgroupMinSize", "subgroupMaxSize"];
const MATRIX = ["componentType", "resultComponentType", "M", "N", "K"];

/** `nin backends`; then the adapter itself, what it can do, and which kernels it gets. */
export async function run(options, say) {
  const { passed, ...listed } = await listBackends(options);
  say({ passed: false, ...listed });
  if (!passed) return { passed: false, ...listed };
  const { gpu, context } = await openForMeasuring(options.device);
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  const { traits } = context;
  const expectsSoftware = options.device !== "gpu";
  return {
    passed: traits.software === expectsSoftware,
    ...listed,
    adapter: {
      name: traits.name,
      software: traits.software,
      info: fieldsOf(adapter.info, INFO),
      features: [...adapter.features].toSorted(),
      limits: Object.fromEntries(limitNames(adapter.limits).map((name) => [name, adapter.limits[name]])),
      subgroupMatrices: [...(adapter.info.subgroupMatrixConfigs ?? [])].map((one) => fieldsOf(one, MATRIX)),
    },
    device: { features: traits.features, limits: traits.limits, matrices: traits.tensorCores },
    kernels: Object.fromEntries(
      ["f32", "mixed"].map((precision) => [
        precision,
        matmulKernels(traits, precision).map(({ name }) => name),
      ]),
    ),
  };
}

function fieldsOf(object, names) {
  return Object.fromEntries(names.map((name) => [name, object[name]]));
}

/** Getters of its class. */
function limitNames(limits) {
  return Object.getOwnPropertyNames(Object.getPrototypeOf(limits)).filter((name) => /^m(ax|in)/.test(name));
}
