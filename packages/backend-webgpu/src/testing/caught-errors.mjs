// A child process of the tests: failures that are caught, and what works after them. Prints one line of JSON.
import { Worker } from "node:worker_threads";
import { nodeDevices } from "@nin/backend-webgpu/node";
import { prepareSoftwareAdapter } from "@nin/vulkan-driver";

const [own, writableCache] = process.argv.slice(2);
const devices = nodeDevices();
const open = (id) =>
  devices.open(id).then(
    (context) => context.traits.name,
    ({ code, message }) => `${code} ${message}`,
  );

/** What opening gives in a worker thread, which cannot prepare the process, and whether the thread lives on. */
function openInWorker() {
  const source = `import { parentPort } from "node:worker_threads";
    const { nodeDevices } = await import(${JSON.stringify(import.meta.resolve("@nin/backend-webgpu/node"))});
    const code = await nodeDevices().open("swiftshader").then(() => "opened", ({ code }) => code);
    setTimeout(() => parentPort.postMessage(code), 50);`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

const turn = () => new Promise((resolve) => setTimeout(resolve, 50));

const answers = {};
if (own === "cache") {
  answers.inWorker = await openInWorker();
  answers.unwritable = await Promise.all([open("swiftshader"), open("swiftshader")]);
  await turn();
  process.env.XDG_CACHE_HOME = writableCache;
  answers.writable = await open("swiftshader");
} else {
  // As another backend of the process does.
  await prepareSoftwareAdapter({ prefer: "swiftshader" });
  answers.other = await open("lavapipe");
  await turn();
  answers.own = await open("swiftshader");
  answers.otherAgain = await open("lavapipe");
}
await turn();
process.stdout.write(`${JSON.stringify(answers)}\n`, () => process.exit());
