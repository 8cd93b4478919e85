import { requireFrom } from "@nin/files";

const require = requireFrom(import.meta.url);

/**
 * Supplies what tfjs-node 4.22 calls and Node 23 took out of `util`; Node 22 and later still have some of it,
 * and warn when it is called. To be called before tfjs-node is loaded.
 *
 * Source: Node's deprecations DEP0044 and DEP0051.
 */
export function supplyOldNodeFunctions(): void {
  const util: Record<string, unknown> = require("node:util");
  util.isArray = Array.isArray;
  util.isNullOrUndefined = (value: unknown) => value === null || value === undefined;
}
