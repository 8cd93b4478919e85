// A module for a process of its own, as the tests start it: answers with what it was prepared for, or
// fails as the variable says.
import { answerFromAdapter } from "@nin/vulkan-driver";

const { NIN_TEST_ANSWER: how } = process.env;

if (how === "silent") process.exit(3);
await answerFromAdapter(async () => {
  if (how === "fails") {
    process.stderr.write("a warning of a driver\n");
    throw new Error("no luck,\nnone at all");
  }
  // What WebGPU has open keeps a process alive.
  setInterval(() => undefined, 1000);
  return {
    adapter: process.argv[2],
    prepared: process.env.NIN_VULKAN_ADAPTER?.includes(String(process.pid)),
  };
});
