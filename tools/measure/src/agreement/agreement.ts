/**
 * Do the PyTorch scripts and our packages mean the same? Random numbers, shuffles, dropout masks,
 * learning rates, realized shapes, initial weights and preprocessed images, compared one by one.
 *
 *   node scripts/measure/agreement.mjs --python PATH --data DIR
 */
import { parseArgs } from "node:util";
import { answerOf } from "./agreement/answer.mjs";
import { requestOf } from "./agreement/request.mjs";
import { runPython } from "./python.mjs";

const { values: options } = parseArgs({
  options: { python: { type: "string", default: "python3" }, data: { type: "string" } },
});
if (options.data === undefined) {
  console.error("--data: expected the folder of Fashion-MNIST's IDX files");
  process.exit(2);
}

const request = requestOf(options.data);
const ours = await answerOf(request);
const theirs = JSON.parse(await runPython(options.python, "describe.py", [], JSON.stringify(request)));

let failures = 0;
for (const [topic, answers] of Object.entries(ours)) {
  const wrong = answers.flatMap((answer, index) =>
    JSON.stringify(answer) === JSON.stringify(theirs[topic][index]) ? [] : [index],
  );
  failures += wrong.length;
  console.log(
    `${wrong.length === 0 ? "same" : "DIFFERENT"}  ${topic}: ${answers.length - wrong.length} of ${answers.length}`,
  );
  for (const index of wrong) {
    console.log(
      `  ${topic}[${index}]: ours ${excerpt(ours[topic][index])}, PyTorch's ${excerpt(theirs[topic][index])}`,
    );
  }
}
process.exitCode = failures === 0 ? 0 : 1;

function excerpt(value) {
  return JSON.stringify(value).slice(0, 300);
}
