/**
 * A process, started by its file, that prints what an adapter reports about itself.
 *
 * @packageDocumentation
 * @internal
 */

import { requestAdapter } from "@nin/backend";
import { answerFromAdapter } from "@nin/vulkan-driver";
import { adapterDetails } from "./adapter-details.js";

await answerFromAdapter(async () => {
  const { create } = await import("webgpu");
  const adapter = await requestAdapter(create([]));
  if (typeof adapter === "string") throw new Error(adapter);
  return adapterDetails(adapter);
});
