// A module for a process of its own, which `withDetails` starts: what an adapter says of itself.
import { answerFromAdapter } from "@nin/vulkan-driver";
import { adapterDetails } from "./adapter-details.js";
import { requestAdapter } from "./open-device.js";

await answerFromAdapter(async () => {
  const { create } = await import("webgpu");
  const adapter = await requestAdapter(create([]));
  if (typeof adapter === "string") throw new Error(adapter);
  return adapterDetails(adapter);
});
