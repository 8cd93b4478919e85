export {
  createReferenceBackend,
  type ReferenceBackend,
  type ReferenceModel,
  type ReferenceOptions,
} from "./backend.js";
export type { Margin } from "./network/margin.js";
export type { DropoutMask } from "./network/network.js";
