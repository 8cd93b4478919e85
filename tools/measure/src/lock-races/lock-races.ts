/**
 * Do two processes ever hold the lock of one run folder? Four processes at a time take a lock that a dead process left
 * behind, one that is empty, one that is not there, and one of a process that has ended and that nobody waited for, all
 * within a few milliseconds. Each holds what it got until all have answered. Then four processes take it and give it back
 * without end while they are killed at random moments. Status 1 unless exactly one got it each time.
 *
 *   node scripts/measure/lock-races.mjs [--rounds 150] [--processes 4] [--spread-ms 1.5] [--kinds stale,...] [--seed N] [--out FILE]
 */
import { fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { environment } from "./environment.mjs";
import { randomFrom } from "./random.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { values: options } = parseArgs({
  options: {
    rounds: { type: "string", default: "150" },
    processes: { type: "string", default: "4" },
    "spread-ms": { type: "string", default: "1.5" },
    seed: { type: "string", default: `${Date.now() % 1_000_000}` },
    // Another build's, to see that the script finds what it is for.
    lock: { type: "string", default: here("../../packages/training/dist/run/lock.js") },
    files: { type: "string", default: here("../../packages/files/dist/file-system.js") },
    kinds: { type: "string", default: "stale,empty,missing,zombie,killed" },
    // How long processes are killed. Units: seconds.
    "killing-s": { type: "string", default: "45" },
    out: { type: "string" },
  },
});
const chosen = options.kinds.split(",");

const KINDS = {
  stale: async (path) => writeFile(path, JSON.stringify({ pid: 2 ** 22 - 1, host: hostname() })),
  empty: async (path) => writeFile(path, ""),
  missing: async () => {},
  zombie: async (path, zombie) => writeFile(path, JSON.stringify({ pid: zombie, host: hostname() })),
};

const random = randomFrom(Number(options.seed));
const work = await mkdtemp(join(tmpdir(), "nin-lock-races-"));
const parent = process.platform === "linux" ? await startZombie() : undefined;
const contenders = await Promise.all(
  Array.from({ length: Number(options.processes) }, () => startContender()),
);
try {
  const results = {};
  for (const [kind, prepare] of Object.entries(KINDS)) {
    if (!chosen.includes(kind) || (kind === "zombie" && parent === undefined)) continue;
    results[kind] = await race(kind, prepare);
    console.log(`${kind}: ${JSON.stringify(results[kind])}`);
  }
  const good = Object.values(results).every(({ rounds, oneHolder }) => rounds === oneHolder);
  const killed = chosen.includes("killed") ? await killAtRandom() : undefined;
  if (killed !== undefined) console.log(`killed: ${JSON.stringify(killed)}`);
  if (options.out !== undefined) await writeResult(options.out, { ...results, ...(killed && { killed }) });
  process.exitCode = good && (killed?.moreHolders ?? 0) === 0 ? 0 : 1;
} finally {
  for (const contender of contenders) contender.kill();
  parent?.child.kill("SIGKILL");
  await rm(work, { recursive: true, force: true });
}

/** How many rounds had one holder, more, none; and in how many the folder was not empty when all had let go. */
async function race(kind, prepare) {
  const counts = { rounds: Number(options.rounds), oneHolder: 0, moreHolders: 0, noHolder: 0, left: 0 };
  for (let round = 0; round < counts.rounds; round += 1) {
    const folder = join(work, `${kind}-${round}`);
    await mkdir(folder);
    await prepare(join(folder, "lock"), parent?.zombie);
    const at = Date.now() + 12;
    const spreadMs = Number(options["spread-ms"]);
    const answers = await Promise.all(
      contenders.map((each) => ask(each, { take: folder, at: at + random() * spreadMs })),
    );
    const holders = answers.filter(({ took }) => took).length;
    counts[holders === 1 ? "oneHolder" : holders === 0 ? "noHolder" : "moreHolders"] += 1;
    const odd = answers.find(({ took, code }) => !took && code !== "NIN_RUN_LOCKED");
    if (odd !== undefined) counts.oddErrors = [...new Set([...(counts.oddErrors ?? []), odd.message])];
    await Promise.all(contenders.map((each) => ask(each, { release: true })));
    if ((await readdir(folder)).length > 0) counts.left += 1;
  }
  return counts;
}

/** How often the lock was held and how many processes were killed, and in how many cases two were inside at once. */
async function killAtRandom() {
  const folder = join(work, "killed");
  await mkdir(folder);
  const counts = { held: 0, kills: 0, moreHolders: 0 };
  let ended = false;
  const running = new Set();
  const startOne = () => {
    if (ended) return;
    const child = fork(here("lock-races/churner.mjs"), [folder, options.lock, options.files]);
    running.add(child);
    child.on("message", ({ held, both, oddError }) => {
      if (held) counts.held += 1;
      if (both) counts.moreHolders += 1;
      if (oddError) counts.oddErrors = [...new Set([...(counts.oddErrors ?? []), oddError])];
    });
    child.once("message", () =>
      setTimeout(
        () => {
          if (!ended) counts.kills += 1;
          child.kill("SIGKILL");
        },
        100 + 400 * random(),
      ),
    );
    child.on("exit", () => {
      running.delete(child);
      startOne();
    });
  };
  for (let index = 0; index < Number(options.processes); index += 1) startOne();
  await new Promise((done) => setTimeout(done, 1000 * Number(options["killing-s"])));
  ended = true;
  for (const child of running) child.kill("SIGKILL");
  return counts;
}

async function ask(contender, message) {
  const answer = once(contender, "message");
  contender.send(message);
  return (await answer)[0];
}

async function startContender() {
  const child = fork(here("lock-races/contender.mjs"), [options.lock, options.files]);
  await once(child, "message");
  return child;
}

/** A process that has ended and whose parent never asks how. */
async function startZombie() {
  const child = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 100000"], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [text] = await once(child.stdout, "data");
  const zombie = Number(String(text).trim());
  while (!/\) Z /.test(await readFile(`/proc/${zombie}/stat`, "utf8")))
    await new Promise((done) => setTimeout(done, 10));
  return { child, zombie };
}

async function writeResult(path, results) {
  const { processes, seed, "spread-ms": spreadMs } = options;
  const settings = { processes: Number(processes), spreadMs: Number(spreadMs), seed: Number(seed) };
  await mkdir(dirname(path), { recursive: true });
  const result = { ...(await environment()), ...settings, results };
  await writeFile(path, `${JSON.stringify(result, undefined, 2)}\n`);
}
