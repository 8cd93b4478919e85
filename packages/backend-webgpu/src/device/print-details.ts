// A module for a process of its own, which `withDetails` starts: what an adapter says of itself.
import { answerFromAdapter } from "@nin/software-adapter";
import { adapterDetails } from "./adapter-details.js";
import { NO_ADAPTER, requestAdapter } from "./open-device.js";

await answerFromAdapter(async () => {
  const { create } = await import("webgpu");
  const adapter = await requestAdapter(create([]));
  if (adapter === null) throw new Error(NO_ADAPTER);
  return adapterDetails(adapter);
});
