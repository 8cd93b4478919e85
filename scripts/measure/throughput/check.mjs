import { ContestantProcess } from "./contestant-process.mjs";
import { CHECKING_PEER, CONTESTANTS } from "./contestants.mjs";

/**
 * Both sides compute in float32: they may differ by what sums of some thousand terms in another
 * order do, far less than any mistake makes.
 */
const TOLERANCE = 1e-5;

/**
 * Do backend and peer do the same work? Scores without dropout, and the losses of the first two
 * steps with the same dropout masks: the second one follows the first update.
 *
 * @param pair the backend and the peer that are compared
 * @param tolerance of both, relative
 * Throws: when they do not.
 */
export async function checkSameWork(
  material,
  options,
  pair = [CONTESTANTS[0], CHECKING_PEER],
  tolerance = TOLERANCE,
) {
  const [backend, peer] = pair;
  const [ours, theirs] = await answersOf([backend, peer], material, options);
  const result = {
    losses: ours.losses,
    lossDifference: Math.max(...ours.losses.map((loss, at) => Math.abs(loss / theirs.losses[at] - 1))),
    logitDifference: relativeL2(ours.logits, theirs.logits),
    tolerance,
  };
  // Not `>`, so that a NaN fails too.
  if (!(result.lossDifference <= tolerance && result.logitDifference <= tolerance)) {
    throw new Error(
      `backend and PyTorch do different work: ${JSON.stringify({ ...result, theirs: theirs.losses })}`,
    );
  }
  return result;
}

/** At once where that was asked for, as in `runRounds`. */
async function answersOf(contestants, material, options) {
  if (options.startTogether)
    return Promise.all(contestants.map((contestant) => answerOf(contestant, material, options)));
  const answers = [];
  for (const contestant of contestants) answers.push(await answerOf(contestant, material, options));
  return answers;
}

async function answerOf(contestant, material, options) {
  const child = contestant.spawn(material, "check", options);
  const process = new ContestantProcess(contestant, child, { limitSeconds: options.answerSeconds });
  try {
    const answer = await process.greeting();
    await process.end();
    return answer;
  } finally {
    process.kill();
  }
}

function relativeL2(actual, expected) {
  const norm = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return norm(actual.map((value, at) => value - expected[at])) / norm(expected);
}
