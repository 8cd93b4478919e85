import { counted, finite, formatCount, formatLoss, formatPercent, type Html, html } from "@nin/page";
import type { RunConfig } from "@nin/training/node";
import type { ReportData, RunStatus } from "./report-data.js";
import { dataName, planOf, type RunHistory } from "./run-history.js";

const STATUS_NAMES: Readonly<Record<RunStatus, string>> = {
  finished: "Finished",
  interrupted: "Interrupted",
  running: "Running",
  diverged: "Diverged",
};

/** `nin-mnist on fashion-mnist: 90.12% test accuracy`. */
export function pageTitle(data: ReportData, history: RunHistory): string {
  const run = `${data.config.architecture.name} on ${dataName(data.config)}`;
  const { evaluated } = history;
  return evaluated === undefined ? run : `${run}: ${formatPercent(evaluated.testAccuracy)} test accuracy`;
}

/** The run and its result at a glance. */
export function headline(data: ReportData, history: RunHistory): Html {
  const { config, status } = data;
  return html`<header>
<p class="status status-${status}">${STATUS_NAMES[status]}</p>
<h1>${config.architecture.name} <span class="on">on ${dataName(config)}</span></h1>
${result(data, history)}
${notice(data, history)}
</header>`;
}

function result({ config }: ReportData, history: RunHistory): Html {
  const { evaluated, best, epochs, steps } = history;
  if (evaluated === undefined) {
    const loss = finite(epochs.at(-1)?.trainLoss ?? steps.at(-1)?.loss);
    const reached = loss === null ? "" : ` The last training loss is ${formatLoss(loss)}.`;
    return html`<p class="result"><strong>Not evaluated</strong></p>
<p class="result-note">The test set was not evaluated.${reached}${chosenText(config, history)}</p>`;
  }
  const { count } = config.data.test;
  const images =
    evaluated.testImages < count
      ? `the first ${formatCount(evaluated.testImages)} of ${formatCount(count)} test images`
      : `${formatCount(evaluated.testImages)} test images`;
  // With a validation split the test set does not say which epoch is the best.
  const earlier =
    history.chosen === undefined &&
    best !== undefined &&
    formatPercent(best.testAccuracy) !== formatPercent(evaluated.testAccuracy)
      ? ` The best was ${formatPercent(best.testAccuracy)}, after ${counted(best.epoch, "epoch")}.`
      : "";
  return html`<p class="result"><strong>${formatPercent(evaluated.testAccuracy)}</strong> test accuracy</p>
<p class="result-note">On ${images}, after ${counted(evaluated.epoch, "epoch")}; test loss ${formatLoss(evaluated.testLoss)}.${earlier}${chosenText(config, history)}</p>`;
}

/** The epoch whose checkpoint is the best. */
function chosenText({ recipe }: RunConfig, { chosen }: RunHistory): string {
  if (chosen === undefined) return "";
  const { epoch, validationLoss, validationAccuracy, testAccuracy } = chosen;
  const monitor = recipe.earlyStopping?.monitor === "validationAccuracy" ? "accuracy" : "loss";
  const scores = [
    `validation loss ${formatLoss(validationLoss)}`,
    `validation accuracy ${formatPercent(validationAccuracy)}`,
    ...(finite(testAccuracy) === null ? [] : [`test accuracy ${formatPercent(testAccuracy)}`]),
  ];
  return ` The best epoch, by validation ${monitor}, is ${formatCount(epoch)}: ${scores.join(", ")}.`;
}

function notice({ config, status, isLive = false }: ReportData, history: RunHistory): Html {
  const { stepsDone, firstBadStep, epochs } = history;
  const { steps, totalSteps } = planOf(config, stepsDone);
  const progress = `step ${formatCount(stepsDone)} of ${formatCount(steps)}`;
  switch (status) {
    case "finished": {
      if (config.recipe.earlyStopping !== undefined && stepsDone < steps && epochs.length > 0) {
        return html`<p class="notice">Stopped early, after ${formatCount(epochs.length)} of ${counted(config.recipe.epochs, "epoch")}: later ones no longer improved on the validation images.</p>`;
      }
      if (steps === totalSteps || stepsDone === 0) return html``;
      return html`<p class="notice">Stopped after step ${formatCount(stepsDone)} of ${formatCount(totalSteps)}, the limit set by <code>--max-steps</code>. To continue, run <code>nin train --resume</code> with this run\u2019s folder and a higher <code>--max-steps</code>.</p>`;
    }
    case "interrupted":
      return html`<p class="notice">Interrupted after ${progress}. To continue, run <code>nin train --resume</code> with this run\u2019s folder.</p>`;
    case "running":
      return isLive
        ? html`<p class="notice">The run is at ${progress}.</p>`
        : html`<p class="notice">The run was at ${progress} when this page was written.</p>`;
    case "diverged": {
      const where = firstBadStep === undefined ? "" : ` at step ${formatCount(firstBadStep)}`;
      return html`<p class="notice">Training stopped: a value became NaN or infinite${where}. The last good checkpoint is kept. A lower learning rate or another seed may help.</p>`;
    }
  }
}
