import { fileURLToPath } from "node:url";

/** The repository's folder, absolute. */
export const root = fileURLToPath(new URL("../../..", import.meta.url));
