/**
 * What the conformance suite needs of Node: files, memory and fixtures.
 *
 * @example
 * ```ts
 * import { createReferenceBackend } from "@nin/backend-reference";
 * import { runConformance } from "@nin/conformance";
 * import { createNodeHost } from "@nin/conformance/node";
 *
 * const host = createNodeHost();
 * const { passed } = await runConformance(createReferenceBackend(), { quick: true, filter: "files/", host });
 * console.log(passed);
 * ```
 *
 * @packageDocumentation
 */
export { createNodeHost } from "./case/node-host.js";
