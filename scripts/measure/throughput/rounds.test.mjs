import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { test } from "node:test";
import { runRounds } from "./rounds.mjs";

const SAY = `const say = (answer) => process.stdout.write(JSON.stringify(answer) + "\\n");`;
const ANSWER = `say({ elapsedMs: 1, cpuMs: 1, peakRssBytes: 1, finite: true });`;
/** Answers so many times, then does something else. */
const program = (answers, then) => `${SAY}
  let left = ${answers};
  say({ ready: true });
  process.stdin.on("data", () => { if (left-- > 0) { ${ANSWER} } else { ${then} } });
  process.stdin.on("end", () => process.exit(0));`;
const contestant = (id, text) => ({
  id,
  spawn: () => spawn(process.execPath, ["-e", text], { stdio: ["pipe", "pipe", "pipe"] }),
});

const CONTESTANTS = [
  contestant("right", program(99, "")),
  contestant("cannot start", `throw new Error("no such kernel")`),
  contestant("crashes later", program(3, "process.exit(3)")),
  contestant("hangs", program(2, "")),
];

test("who fails or hangs is told, and the others' rounds too", async () => {
  const failures = [];
  const rounds = [];
  const results = await runRounds(
    {},
    { batch: 2, mode: "train" },
    {
      ...{ contestants: CONTESTANTS, rounds: 2, seconds: 0.001, startTogether: true, answerSeconds: 2 },
      onFailure: ({ id }, { message }) => failures.push([id, message]),
      onRound: (measured) => rounds.push(measured.map(({ id, slices }) => `${id} ${slices.length}`)),
    },
  );
  assert.deepEqual(
    results.map(({ id, slices }) => [id, slices.length]),
    [["right", 2]],
  );
  assert.deepEqual(rounds, [["right 1", "crashes later 1"], ["right 2"]]);
  const reasons = Object.fromEntries(failures);
  assert.match(reasons["cannot start"], /^cannot start ended with status 1: [\s\S]*no such kernel/);
  assert.match(reasons["crashes later"], /^crashes later ended with status 3/);
  assert.match(reasons.hangs, /^hangs gave no answer in 2 s$/);
});

test("a failure is the caller's where nobody else is told", async () => {
  const options = { contestants: CONTESTANTS.slice(0, 2), rounds: 1, seconds: 0.001 };
  await assert.rejects(runRounds({}, { batch: 2, mode: "train" }, options), /no such kernel/);
});
