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
/** Of losses and scores of f16 factors beside float32; those in float32 have the check's own. */
const TOLERANCES = { mixed: 2e-2 };

/** Images a second beside PyTorch's on the same device: the same batch in memory, all in turn. */
export async function run(options, say) {
  const { backend, size, modes, batches, model } = options;
  const contestants = contestantsOf(options);
  const settings = { ...options, contestants, ...(size === "card" ? ON_CARD : {}) };
  const cases = [];
  const checks = new Map();
  // Training first, and the first batch size first: time may run out.
  for (const mode of modes) {
    for (const batch of batches) {
      const wanted = { model, batch, recipe: RECIPE, bytes: true, ...(backend === "webgpu" ? {} : FASHION) };
      await withMaterial(wanted, async (material) => {
        if (!checks.has(batch)) checks.set(batch, await checksOf(material, settings));
        const asked = { model, batch, mode, checks: checks.get(batch) };
        const onCase = (one) =>
          say({ passed: false, cases: [...cases.filter((other) => other !== one), one] });
        const measured = await measure(material, asked, { ...settings, onCase });
        cases.push(measured);
        onCase(measured);
      });
    }
  }
  const passed = cases.flatMap((one) => [...one.checks, ...one.failures]).every(({ failed }) => !failed);
  return { passed: passed && cases.length > 0, cases };
}

/** Each of our own beside PyTorch in plain float32. */
async function checksOf(material, settings) {
  const isOurs = ({ id }) => !id.startsWith("pytorch");
  const ours = settings.contestants.filter(isOurs);
  // TF32 is no other work, only coarser.
  const checked = ours.filter(({ group }) => group !== "on");
  const peers = settings.contestants.filter((contestant) => !isOurs(contestant));
  const peer = peers.find(({ group, args }) => group === "off" && !args.includes("--compile")) ?? peers[0];
  const checks = [];
  for (const contestant of checked)
    checks.push({ id: contestant.id, ...(await sameWork(material, settings, [contestant, peer])) });
  return checks;
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
  const onFailure = ({ id }, error) => failures.push({ id, failed: error.message });
  const caseOf = (measured) => ({ ...asked, failures, ...comparisonOf(measured, settings) });
  const onRound = (measured) => settings.onCase(caseOf(measured));
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
