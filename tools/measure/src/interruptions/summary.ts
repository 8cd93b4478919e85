/** Counts of rounds, for a person and for a file. */
export function summaryOf(rounds) {
  const kills = rounds.flatMap((round) => round.kills);
  const killed = (where) => kills.filter(({ found }) => found === where).length;
  const failed = rounds.filter(({ differences }) => differences.length > 0).length;
  const counts = {
    rounds: rounds.length,
    same: rounds.length - failed,
    failed,
    killedBeforeTheRun: killed("nothing"),
    killedInTraining: killed("training"),
    killedAfterItsEnd: killed("ended"),
  };
  const text = [
    `${counts.rounds} rounds: ${counts.same} the same bit for bit, ${failed} different.`,
    `Killed before the run ${counts.killedBeforeTheRun} times, in training ${counts.killedInTraining}, after its end ${counts.killedAfterItsEnd}.`,
  ].join(" ");
  return { ...counts, text };
}
