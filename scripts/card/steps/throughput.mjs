import { checkSameWork } from "../../measure/throughput/check.mjs";
import { withMaterial } from "../../measure/throughput/material.mjs";
import { reportOf } from "../../measure/throughput/report.mjs";
import { runRounds } from "../../measure/throughput/rounds.mjs";
import { ratiosOf, summaryOf } from "../../measure/throughput/statistics.mjs";
import { contestantsOf } from "../contestants.mjs";

const RECIPE = "d2l";

/** Images a second beside PyTorch's on the same device: the same batch in memory, all in turn. */
export async function run({ device, threads, python, rounds, seconds, ...chosen }, say) {
  const contestants = contestantsOf(device, chosen.tf32);
  const options = { contestants, threads, python, rounds, seconds };
  const cases = [];
  const checks = new Map();
  // Training first, and the first batch size first: time may run out.
  for (const mode of chosen.modes) {
    for (const batch of chosen.batches) {
      await withMaterial({ model: chosen.model, batch, recipe: RECIPE }, async (material) => {
        const check = checks.get(batch) ?? (await sameWork(material, options));
        checks.set(batch, check);
        cases.push(await measure(material, { model: chosen.model, batch, mode, check }, options));
        say({ passed: false, cases });
      });
    }
  }
  return { passed: cases.length > 0 && cases.every(({ check }) => check.failed === undefined), cases };
}

/** A card is not had every day: a difference is told, and what can be measured is measured. */
async function sameWork(material, options) {
  const [backend] = options.contestants;
  const peer = options.contestants.find(({ id }) => id === "pytorch-default") ?? options.contestants.at(-1);
  try {
    return await checkSameWork(material, options, [backend, peer]);
  } catch (error) {
    return { failed: error.message };
  }
}

async function measure(material, { model, batch, mode, check }, options) {
  const contestants = (await runRounds(material, { batch, mode }, options)).map((measured) => ({
    tf32: options.contestants.find(({ id }) => id === measured.id).tf32,
    ...summaryOf(measured),
  }));
  const settings = [...new Set(contestants.map(({ tf32 }) => tf32))];
  const ratios = settings.map((tf32) => ({
    tf32,
    peers: ratiosOf(contestants.filter((contestant) => contestant.tf32 === tf32)),
  }));
  for (const { tf32, peers } of ratios)
    console.error(tableOf({ model, batch, mode, check, tf32, peers, contestants }));
  return { model, batch, mode, check, ratios, contestants };
}

function tableOf({ check, tf32, peers, contestants, ...shown }) {
  if (check.failed !== undefined) console.error(check.failed);
  const { lossDifference = Number.NaN, logitDifference = Number.NaN } = check;
  const group = contestants.filter((contestant) => contestant.tf32 === tf32);
  const mode = `${shown.mode}, TF32 ${tf32}`;
  return reportOf({
    ...shown,
    mode,
    check: { lossDifference, logitDifference },
    ratios: peers,
    contestants: group,
  });
}
