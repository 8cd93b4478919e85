/**
 * The `nin` command as a function.
 *
 * @example
 * ```ts
 * import { main } from "@nin/cli";
 *
 * await main(["summary", "nin"]);
 * ```
 *
 * @packageDocumentation
 */
export { main } from "./main.js";
