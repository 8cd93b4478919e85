export { createReferenceBackend, type ReferenceBackend, type ReferenceOptions } from "./backend.js";
export type { ReferenceModel } from "./model.js";
export type { Margin } from "./network/margin.js";
export type { DropoutMask } from "./network/network.js";
