export { createReferenceBackend, type ReferenceBackend, type ReferenceOptions } from "./backend.js";
export type { Margin } from "./margin.js";
export type { ReferenceModel } from "./model.js";
export type { DropoutMask } from "./network.js";
