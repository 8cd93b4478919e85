import { at, present } from "@nin/spec";
import { Command } from "commander";
import { runPython } from "../support/child-process.js";
import { dataOption, pythonOption } from "../support/options.js";
import { type AgreementAnswer, answerOf } from "./answer.js";
import { requestOf } from "./request.js";

const SHOWN_CHARACTERS = 300;

export function agreementCommand(): Command {
  return new Command("agreement")
    .description(
      "whether the PyTorch scripts and our packages mean the same: random numbers, shapes, weights, images",
    )
    .addOption(dataOption())
    .addOption(pythonOption())
    .action(async ({ data, python }: { data: string; python: string }) => {
      const request = requestOf(data);
      const ours = await answerOf(request);
      const answer = await runPython(python, "describe.py", [], { stdin: JSON.stringify(request) });
      const theirs = JSON.parse(answer.toString("utf8")) as AgreementAnswer;
      const differences = Object.entries(ours).map(([topic, answers]) =>
        compareTopic(topic, answers, present(theirs[topic], `PyTorch's answer on ${topic}`)),
      );
      if (differences.some((count) => count > 0)) process.exitCode = 1;
    });
}

/** Prints what differs; returns how many answers do. */
function compareTopic(topic: string, ours: readonly unknown[], theirs: readonly unknown[]): number {
  const wrong = [...ours.keys()].filter(
    (index) => JSON.stringify(ours[index]) !== JSON.stringify(theirs[index]),
  );
  const verdict = wrong.length === 0 ? "same" : "DIFFERENT";
  console.log(`${verdict}  ${topic}: ${ours.length - wrong.length} of ${ours.length}`);
  for (const index of wrong) {
    const [own, other] = [excerpt(at(ours, index)), excerpt(at(theirs, index))];
    console.log(`  ${topic}[${index}]: ours ${own}, PyTorch's ${other}`);
  }
  return wrong.length;
}

function excerpt(value: unknown): string {
  return JSON.stringify(value).slice(0, SHOWN_CHARACTERS);
}
