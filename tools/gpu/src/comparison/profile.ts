import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * What ran, from every profile of ONNX Runtime in a folder.
 *
 * @returns how many profiles there are, and of each kernel `{ name, operator, provider, dims }`
 */
export async function profiledKernels(folder) {
  const files = await readdir(folder);
  const profiles = await Promise.all(
    files.map(async (file) => JSON.parse(await readFile(join(folder, file), "utf8"))),
  );
  return { profiles: files.length, kernels: profiles.flat().filter(isKernel).map(kernelOf) };
}

/**
 * The kernels that ran elsewhere than on a provider, once for each operator and place.
 *
 * @param images a micro-batch's images, a prime that divides no other extent: what has a multiple
 *   of it among its extents has a batch dimension
 */
export function strayKernels(kernels, provider, images) {
  const elsewhere = kernels.filter((kernel) => kernel.provider !== provider);
  const byPlace = new Map();
  for (const kernel of elsewhere) {
    const hasBatch = kernel.dims.some((extent) => extent > 0 && extent % images === 0);
    const key = `${kernel.operator} on ${kernel.provider}`;
    const known = byPlace.get(key);
    if (known === undefined) byPlace.set(key, { operator: key, count: 1, hasBatch, example: kernel.name });
    else byPlace.set(key, { ...known, count: known.count + 1, hasBatch: known.hasBatch || hasBatch });
  }
  return [...byPlace.values()];
}

function isKernel({ cat, name, args }) {
  return cat === "Node" && name.endsWith("_kernel_time") && args?.provider !== undefined;
}

/** Shapes stand in the profile as `[{ "float": [2, 3] }, ...]`. */
function kernelOf({ name, args }) {
  const shapes = [...(args.input_type_shape ?? []), ...(args.output_type_shape ?? [])];
  return {
    name: name.replace(/_kernel_time$/, ""),
    operator: args.op_name,
    provider: args.provider,
    dims: shapes.flatMap((typed) => Object.values(typed).flat()),
  };
}
