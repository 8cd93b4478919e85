import { stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { BenchError } from "../protocol/errors.js";
import { checkoutId } from "../result/ratios.js";
import type { Implementation } from "./targets.js";

/** Where a built checkout has the registry of its backends. */
const REGISTRY = "packages/registry/dist/index.js";

/**
 * The same backends and devices as another checkout of this repository builds them. Both are driven by this
 * checkout's programs through the contract, so that nothing but the backends differs.
 *
 * @throws `BenchError` where the folder has no build
 */
export async function checkoutTargets(
  folder: string | undefined,
  backends: readonly Implementation[],
): Promise<readonly Implementation[]> {
  if (folder === undefined) return [];
  const registry = resolve(join(folder, REGISTRY));
  const isBuilt = await stat(registry).then(
    (info) => info.isFile(),
    () => false,
  );
  if (!isBuilt) {
    throw new BenchError(
      `checkout: expected the folder of a built checkout of this repository, which has ${REGISTRY}, got ${folder}`,
    );
  }
  const { href } = pathToFileURL(registry);
  return backends.map((backend) => ({
    ...backend,
    id: checkoutId(backend.id),
    name: `${backend.name}, as built in ${resolve(folder)}`,
    command: { ...backend.command, args: [...backend.command.args, href] },
  }));
}
