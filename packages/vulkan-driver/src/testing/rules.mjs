// A child process of the tests: what a process may do after, and in threads of, a prepared one.
// Prints one line of JSON.
import { spawnSync } from "node:child_process";
import { Worker } from "node:worker_threads";
import { listAdapters, prepareSoftwareAdapter } from "@nin/vulkan-driver";

const self = "@nin/vulkan-driver";
const attempt = (prefer) =>
  prepareSoftwareAdapter({ prefer }).then(
    ({ kind }) => kind,
    ({ code }) => code,
  );

/** What `prepareSoftwareAdapter` gives in a worker thread started now. */
function inWorker() {
  const source = `import { parentPort } from "node:worker_threads";
    const { prepareSoftwareAdapter } = await import(${JSON.stringify(import.meta.resolve(self))});
    parentPort.postMessage(await prepareSoftwareAdapter({ prefer: "swiftshader" }).then(({ kind }) => kind, ({ code }) => code));`;
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(source)}`));
  return new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
}

const before = listAdapters();
const workerBefore = await inWorker();
// Two at once, then one that takes what there is, whatever else this machine has.
const atOnce = await Promise.all([attempt("swiftshader"), attempt("swiftshader")]);
const first = atOnce[0] === atOnce[1] ? atOnce[0] : atOnce;
const second = await attempt(undefined);
const other = await attempt("lavapipe");
const workerAfter = await inWorker();
const source = `import(${JSON.stringify(import.meta.resolve(self))}).then(({ listAdapters }) => process.stdout.write(JSON.stringify(listAdapters())))`;
const child = JSON.parse(spawnSync(process.execPath, ["-e", source], { encoding: "utf8" }).stdout);
process.stdout.write(JSON.stringify({ before, workerBefore, first, second, other, workerAfter, child }));
