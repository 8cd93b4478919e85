export { NIN, passStderrOn, runNin, runPython } from "./support/child-process.js";
export { type Statistics, statisticsOf } from "./support/numbers.js";
export { positiveInteger, positiveNumber } from "./support/options.js";
export { environment, writeResult } from "./support/result.js";
export {
  type Differences,
  differencesOf,
  type NamedTensors,
  type SegmentOutcome,
} from "./trajectory/difference.js";
export { type Judgement, judgeSegment } from "./trajectory/judge.js";
export { measureTrajectory, type TrajectoryResult } from "./trajectory/measure.js";
export { trajectoryOptions } from "./trajectory/trajectory.js";
