import { checkSameWork } from "../../measure/throughput/check.mjs";
import { withMaterial } from "../../measure/throughput/material.mjs";
import { runRounds } from "../../measure/throughput/rounds.mjs";
import { ratiosOf, summaryOf } from "../../measure/throughput/statistics.mjs";
import { contestantsOf } from "../contestants.mjs";

const RECIPE = "d2l";
/** A card needs some steps to reach its clocks; its machine has cores for everyone's start at once. */
const ON_CARD = { warmUpSteps: 10, startTogether: true };
/** A data set's images, which the backend resizes in every step; the peers have them resized already. */
const FASHION = { resizedFrom: { height: 28, width: 28 } };
/** Compiling and searching for kernels take a minute at most; longer is a contestant that hangs. */
const ANSWER_SECONDS = 150;
/** Of losses and scores of f16 factors beside float32; those in float32 have the check's own. */
const TOLERANCES = { mixed: 2e-2 };

/**
 * Images a second beside PyTorch's on the same device: the same batch in memory, all in turn. What there
 * is is told after every check and every round; a contestant that fails is told too, and the others go on.
 */
export async function run(options, say) {
  const { backend, size, modes, batches, model } = options;
  const contestants = contestantsOf(options);
  const settings = { ...options, answerSeconds: ANSWER_SECONDS, ...(size === "card" ? ON_CARD : {}) };
  const checks = new Map();
  const cases = [];
  const tell = (now) =>
    say({ passed: false, checks: Object.fromEntries(checks), cases: now ? [...cases, now] : cases });
  // What takes long to start last, training first, and the first batch size first: time may run out.
  for (const heat of heatsOf(contestants)) {
    for (const mode of modes) {
      for (const batch of batches) {
        const wanted = {
          model,
          batch,
          recipe: RECIPE,
          bytes: true,
          ...(backend === "webgpu" ? {} : FASHION),
        };
        await withMaterial(wanted, async (material) => {
          if (!checks.has(batch)) {
            checks.set(batch, []);
            for await (const check of checksOf(material, { ...settings, contestants })) {
              checks.get(batch).push(check);
              tell();
            }
          }
          const asked = { model, batch, mode, checks: checks.get(batch) };
          cases.push(await measure(material, asked, { ...settings, contestants: heat, onCase: tell }));
          tell();
        });
      }
    }
  }
  const passed = cases.flatMap((one) => [...one.checks, ...one.failures]).every(({ failed }) => !failed);
  return { passed: passed && cases.length > 0, checks: Object.fromEntries(checks), cases };
}

/** Our own beside the peers that begin at once, then beside those that compile first, for as long as a minute. */
export function heatsOf(contestants) {
  const compiles = ({ args }) => args.includes("--compile");
  const slow = contestants.filter(compiles);
  const quick = contestants.filter((contestant) => !compiles(contestant));
  if (slow.length === 0) return [quick];
  const ours = quick.filter(isOurs);
  return quick.length === ours.length ? [contestants] : [quick, [...ours, ...slow]];
}

function isOurs({ id }) {
  return !id.startsWith("pytorch");
}

/** Each of our own beside PyTorch in plain float32. */
async function* checksOf(material, settings) {
  const ours = settings.contestants.filter(isOurs);
  // TF32 is no other work, only coarser.
  const checked = ours.filter(({ group }) => group !== "on");
  const peers = settings.contestants.filter((contestant) => !isOurs(contestant));
  const peer = peers.find(({ group, args }) => group === "off" && !args.includes("--compile")) ?? peers[0];
  for (const contestant of checked)
    yield { id: contestant.id, ...(await sameWork(material, settings, [contestant, peer])) };
}

/** A card is not had every day: a difference is told, and what can be measured is measured. */
async function sameWork(material, settings, [ours, peer]) {
  try {
    return await checkSameWork(material, settings, [ours, peer], TOLERANCES[ours.group]);
  } catch (error) {
    return { failed: error.message };
  }
}

async function measure(material, asked, settings) {
  const failures = [];
  let latest = [];
  const caseOf = (measured) => ({ ...asked, failures, ...comparisonOf(measured, settings) });
  const onFailure = ({ id }, error) => {
    failures.push({ id, failed: error.message });
    settings.onCase(caseOf(latest));
  };
  const onRound = (measured) => {
    latest = measured;
    settings.onCase(caseOf(latest));
  };
  return caseOf(await runRounds(material, asked, { ...settings, onFailure, onRound }));
}

function comparisonOf(measured, settings) {
  const groupOf = (id) => settings.contestants.find((contestant) => contestant.id === id).group;
  const contestants = measured.map((one) => ({ group: groupOf(one.id), ...summaryOf(one) }));
  const peers = contestants.filter(({ id }) => id.startsWith("pytorch"));
  const ratios = contestants
    .filter((one) => !peers.includes(one))
    .map((ours) => ({ of: ours.id, peers: ratiosOf([ours, ...peers]) }));
  return { ratios, contestants };
}
