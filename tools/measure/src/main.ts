import { Command } from "commander";
import { agreementCommand } from "./agreement/agreement.js";
import { augmentationCostCommand } from "./augmentation/augmentation-cost.js";
import { augmentedImagesCommand } from "./augmentation/augmented-images.js";
import { browserConformanceCommand } from "./browser-conformance.js";
import { checkpointPairsCommand } from "./checkpoint-pairs.js";
import { classScoresCommand } from "./class-scores.js";
import { compileCyclesCommand } from "./compile-cycles.js";
import { convolutionsCommand } from "./convolutions.js";
import { exportsCommand } from "./exports/exports.js";
import { firstStartCommand } from "./first-start.js";
import { firstUseCommand } from "./first-use/first-use.js";
import { imageLoadingCommand } from "./image-loading.js";
import { doubleInterruptsCommand } from "./interruptions/double-interrupts.js";
import { fullDisksCommand } from "./interruptions/full-disks.js";
import { killResumeCommand } from "./interruptions/kill-resume.js";
import { studyKillsCommand } from "./interruptions/study-kills.js";
import { lockRacesCommand } from "./lock-races/lock-races.js";
import { memoryOverStepsCommand } from "./memory-over-steps.js";
import { networkSpeedCommand } from "./network-speed.js";
import { operatorTimesCommand } from "./operator-times.js";
import { playgroundCommand } from "./playground/playground.js";
import { resourcesCommand } from "./resources/resources.js";
import { safetensorsCommand } from "./safetensors.js";
import { startupCommand } from "./startup.js";
import { storedDataCommand } from "./stored-data/stored-data.js";
import { studyQueueCommand } from "./study-queue/study-queue.js";
import { trajectoryCommand } from "./trajectory/trajectory.js";
import { untrainedScoresCommand } from "./untrained-scores.js";
import { webGpuKernelsCommand } from "./webgpu-kernels.js";
import { webGpuLifetimeCommand } from "./webgpu-lifetime/webgpu-lifetime.js";

const program = new Command("measure").description(
  "Measurements of the packages. Status 1 when a check fails, 2 when the command is wrong.",
);
for (const create of [
  agreementCommand,
  augmentedImagesCommand,
  trajectoryCommand,
  browserConformanceCommand,
  safetensorsCommand,
  checkpointPairsCommand,
  exportsCommand,
  killResumeCommand,
  studyKillsCommand,
  fullDisksCommand,
  doubleInterruptsCommand,
  lockRacesCommand,
  studyQueueCommand,
  firstStartCommand,
  firstUseCommand,
  startupCommand,
  compileCyclesCommand,
  memoryOverStepsCommand,
  resourcesCommand,
  playgroundCommand,
  networkSpeedCommand,
  augmentationCostCommand,
  storedDataCommand,
  convolutionsCommand,
  operatorTimesCommand,
  webGpuKernelsCommand,
  webGpuLifetimeCommand,
  imageLoadingCommand,
  classScoresCommand,
  untrainedScoresCommand,
]) {
  program.addCommand(create());
}
for (const command of [program, ...program.commands]) {
  command.exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
}

await program.parseAsync();
// WebGPU keeps the process.
process.exit();
